import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { repository } from './paths.ts';
import { startProcess } from './processes.ts';

/** A simulator in a process of its own, as `npm run simulator` starts it. */
export interface SimulatorProcess {
  readonly url: string;
  readonly key: string;
  close(): Promise<void>;
}

/** @param speed how many times faster than EvoLink */
export async function startSimulatorProcess(speed: number): Promise<SimulatorProcess> {
  const main = path.join(repository, 'src', 'simulator', 'main.ts');
  const simulator = startProcess(process.execPath, [main, '--port', '0', '--speed', String(speed)], {
    cwd: repository,
  });
  const { child } = simulator;
  if (!child.stdout) throw new Error('The simulator has no output.');
  const [line] = await once(createInterface(child.stdout), 'line');
  const { url, key } = v.parse(v.object({ url: v.string(), key: v.string() }), JSON.parse(String(line)));
  return { url, key, close: () => simulator.stop() };
}
