import type { BitReader } from './bitReader.ts';
import { SoundError } from './error.ts';
import { FRAME_LENGTH, type IcsInfo } from './icsInfo.ts';

/** `number_pulse` + 1 is at most 4, `pulse_amp` at most 15: so much can pulses add to one coefficient. */
export const MAX_PULSE_SUM = 60;

interface Pulse {
  readonly position: number;
  readonly amplitude: number;
}

/** pulse_data: ISO/IEC 14496-3 4.5.2.3.4. Only long windows have it. */
export function readPulseData(bits: BitReader, ics: IcsInfo): readonly Pulse[] {
  if (ics.short) throw new SoundError('damagedFrame', 'pulse_data in a short frame');
  const count = bits.read(2) + 1;
  const startBand = bits.read(6);
  if (startBand >= ics.bands.count) throw new SoundError('damagedFrame', 'pulse_start_sfb');
  let position = ics.bands.offsets[startBand]!;
  return Array.from({ length: count }, () => {
    position += bits.read(5);
    return { position, amplitude: bits.read(4) };
  });
}

/** Makes the quantised coefficients larger by what was taken from them to code them shorter: 4.6.3.3. */
export function addPulses(pulses: readonly Pulse[], quantised: Int32Array): void {
  for (const { position, amplitude } of pulses) {
    if (position >= FRAME_LENGTH) throw new SoundError('damagedFrame', 'pulse_offset');
    quantised[position]! += quantised[position]! > 0 ? amplitude : -amplitude;
  }
}
