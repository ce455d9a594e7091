import { Faults } from '../../src/simulator/faults.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { startTestSimulator } from './simulatorClient.ts';

export interface FaultySimulator {
  readonly simulator: Simulator;
  readonly faults: Faults;
}

/** A test simulator to which faults can be ordered: `faults.order({ on: 'create', cut: true })`. */
export async function startFaultySimulator(
  options: Partial<SimulatorOptions> = {},
): Promise<FaultySimulator> {
  const faults = new Faults();
  return { faults, simulator: await startTestSimulator({ intercept: faults.intercept, ...options }) };
}
