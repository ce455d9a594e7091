import {
  EIGHT_SHORT_SEQUENCE,
  FRAME_LENGTH,
  type IcsInfo,
  LONG_START_SEQUENCE,
  LONG_STOP_SEQUENCE,
  SHORT_LENGTH,
} from './icsInfo.ts';
import { InverseMdct } from './mdct.ts';
import { kaiserBesselDerivedWindow, sineWindow } from './windows.ts';

/** Samples of a start or stop window that are flat, before and after its short slope. */
const FLAT = (FRAME_LENGTH - SHORT_LENGTH) / 2;
/** Spectra are scaled for 16-bit samples, ours reach from -1 to 1. */
const TO_UNIT = 1 / 32768;

let shared: ReturnType<typeof makeShared> | undefined;

function makeShared() {
  return {
    long: new InverseMdct(FRAME_LENGTH),
    short: new InverseMdct(SHORT_LENGTH),
    /** By `window_shape`. */
    longWindows: [sineWindow(FRAME_LENGTH), kaiserBesselDerivedWindow(FRAME_LENGTH, 4)] as const,
    shortWindows: [sineWindow(SHORT_LENGTH), kaiserBesselDerivedWindow(SHORT_LENGTH, 6)] as const,
    block: new Float64Array(2 * FRAME_LENGTH),
    shortBlock: new Float64Array(2 * SHORT_LENGTH),
  };
}

/** Filter bank and block switching (ISO/IEC 14496-3 4.6.11) of one channel: keeps what overlaps into the next frame. */
export class FilterBank {
  readonly #overlap = new Float64Array(FRAME_LENGTH);
  readonly #tables = (shared ??= makeShared());
  #previousShape = 0;

  /** Turns a spectrum into the next 1024 samples. */
  synthesize(
    spectrum: Float64Array,
    { windowSequence, windowShape }: Pick<IcsInfo, 'windowSequence' | 'windowShape'>,
    output: Float32Array,
  ): void {
    if (windowSequence === EIGHT_SHORT_SEQUENCE) this.#short(spectrum, windowShape, output);
    else this.#long(spectrum, windowSequence, windowShape, output);
    this.#previousShape = windowShape;
  }

  /** A frame without a spectrum: what overlaps from the one before fades out. */
  silence(output: Float32Array): void {
    const overlap = this.#overlap;
    for (let n = 0; n < FRAME_LENGTH; n++) output[n] = overlap[n]! * TO_UNIT;
    overlap.fill(0);
  }

  #long(spectrum: Float64Array, windowSequence: number, windowShape: number, output: Float32Array): void {
    const { long, longWindows, shortWindows, block } = this.#tables;
    const overlap = this.#overlap;
    long.transform(spectrum, 0, block);

    if (windowSequence === LONG_STOP_SEQUENCE) {
      const slope = shortWindows[this.#previousShape]!;
      for (let n = 0; n < FLAT; n++) output[n] = overlap[n]! * TO_UNIT;
      for (let n = FLAT; n < FLAT + SHORT_LENGTH; n++)
        output[n] = (overlap[n]! + block[n]! * slope[n - FLAT]!) * TO_UNIT;
      for (let n = FLAT + SHORT_LENGTH; n < FRAME_LENGTH; n++)
        output[n] = (overlap[n]! + block[n]!) * TO_UNIT;
    } else {
      const slope = longWindows[this.#previousShape]!;
      for (let n = 0; n < FRAME_LENGTH; n++) output[n] = (overlap[n]! + block[n]! * slope[n]!) * TO_UNIT;
    }

    if (windowSequence === LONG_START_SEQUENCE) {
      const slope = shortWindows[windowShape]!;
      const end = FLAT + SHORT_LENGTH;
      for (let n = 0; n < FLAT; n++) overlap[n] = block[FRAME_LENGTH + n]!;
      for (let n = FLAT; n < end; n++) overlap[n] = block[FRAME_LENGTH + n]! * slope[end - 1 - n]!;
      overlap.fill(0, end);
    } else {
      const slope = longWindows[windowShape]!;
      for (let n = 0; n < FRAME_LENGTH; n++)
        overlap[n] = block[FRAME_LENGTH + n]! * slope[FRAME_LENGTH - 1 - n]!;
    }
  }

  /** Eight short windows, overlapping by half, in the middle of the frame. */
  #short(spectrum: Float64Array, windowShape: number, output: Float32Array): void {
    const { short, shortWindows, block, shortBlock } = this.#tables;
    const overlap = this.#overlap;
    const falling = shortWindows[windowShape]!;
    block.fill(0);
    for (let window = 0; window < 8; window++) {
      short.transform(spectrum, window * SHORT_LENGTH, shortBlock);
      const rising = window === 0 ? shortWindows[this.#previousShape]! : falling;
      const at = FLAT + window * SHORT_LENGTH;
      for (let n = 0; n < SHORT_LENGTH; n++) {
        block[at + n]! += shortBlock[n]! * rising[n]!;
        block[at + SHORT_LENGTH + n]! += shortBlock[SHORT_LENGTH + n]! * falling[SHORT_LENGTH - 1 - n]!;
      }
    }
    for (let n = 0; n < FRAME_LENGTH; n++) {
      output[n] = (overlap[n]! + block[n]!) * TO_UNIT;
      overlap[n] = block[FRAME_LENGTH + n]!;
    }
  }
}
