/**
 * What is seen and heard in the demo clip, so that a person and a test can tell time from it. `test/support/makeClip.ts` makes
 * `media/demo/clip.mp4` and `media/demo/clip-silent.mp4` (the same without an audio track) from this table.
 */
export const CLIP = {
  /** Pixels. */
  width: 1280,
  height: 720,
  framesPerSecond: 24,
  /** 24 N + 1 frames for N seconds, as Seedance makes them: the last second lasts one frame longer. */
  frames: 121,
  seconds: 5,
  /** Audio samples per second. */
  sampleRate: 48_000,
  /** Amplitude of the sine tone in each channel, so that a swap of the channels is noticed. */
  amplitude: { left: 0.25, right: 0.125 },
} as const;

/** Red, green and blue, 0 to 255, as drawn; H.264 gives each back within a few steps. */
export type Color = readonly [red: number, green: number, blue: number];

export interface ClipSecond {
  /** The digit on the picture: whole seconds gone. */
  readonly digit: number;
  /** Fills the picture outside of the digit and the bar at the bottom; the pixel at (40, 40) always has it. */
  readonly color: Color;
  /** Frequency of the sine tone, in hertz. Whole, so that the wave is at zero when the second changes. */
  readonly tone: number;
}

/** One row for each second of the clip. */
export const CLIP_SECONDS: readonly ClipSecond[] = [
  { digit: 0, color: [200, 40, 40], tone: 440 },
  { digit: 1, color: [30, 130, 60], tone: 550 },
  { digit: 2, color: [40, 70, 200], tone: 660 },
  { digit: 3, color: [200, 130, 0], tone: 770 },
  { digit: 4, color: [130, 40, 160], tone: 880 },
];
