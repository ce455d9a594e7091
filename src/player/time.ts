/** Frames and time codes. A frame is counted from 0; seconds are those of the media element. */

/** Part of a frame by which a time may lie before its frame: containers round times to their own clock. */
const TOLERANCE = 0.05;

/** The frame that is shown at a time. */
export function frameAt(seconds: number, frameRate: number): number {
  return Math.max(0, Math.floor(seconds * frameRate + TOLERANCE));
}

/** The middle of a frame, in seconds: a seek there shows this frame however times are rounded. */
export function middleOfFrame(frame: number, frameRate: number): number {
  return (frame + 0.5) / frameRate;
}

/** Where a step of whole frames from `seconds` leads, in seconds; it stays inside the video. */
export function stepFrames(seconds: number, frames: number, frameRate: number, duration: number): number {
  const last = Math.max(0, countFrames(duration, frameRate) - 1);
  const frame = Math.min(last, Math.max(0, frameAt(seconds, frameRate) + frames));
  return middleOfFrame(frame, frameRate);
}

export function countFrames(duration: number, frameRate: number): number {
  return Math.round(duration * frameRate);
}

/**
 * `hh:mm:ss:ff` of a frame, without dropped numbers: at 29.97 frames per second the code counts 30 frames for each of its
 * seconds, as SMPTE ST 12-1 has it.
 */
export function timeCode(frame: number, frameRate: number): string {
  const perSecond = Math.max(1, Math.round(frameRate));
  const seconds = Math.floor(frame / perSecond);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % perSecond]
    .map(part => String(part).padStart(2, '0'))
    .join(':');
}

/** `m:ss.mmm` (hours when there are any): for a video whose frame rate is not known. */
export function clockTime(seconds: number): string {
  const milliseconds = Math.max(0, Math.round(seconds * 1000));
  const whole = Math.floor(milliseconds / 1000);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = `${String(whole % 60).padStart(2, '0')}.${String(milliseconds % 1000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

const COMMON_RATES = [12, 15, 24000 / 1001, 24, 25, 30000 / 1001, 30, 48, 50, 60000 / 1001, 60, 120];
/** Gaps between frames that are enough to tell the rate. */
const ENOUGH_GAPS = 6;

/**
 * The frame rate that the times of shown frames suggest, in frames per second; undefined as long as they are too few or
 * fit no common rate. Frames may be missing among them: the shortest gaps tell.
 */
export function estimateFrameRate(times: readonly number[]): number | undefined {
  const gaps = times
    .slice(1)
    .map((time, index) => time - (times[index] ?? 0))
    .filter(gap => gap > 0.002)
    .toSorted((a, b) => a - b);
  if (gaps.length < ENOUGH_GAPS) return undefined;
  const shortest = gaps.slice(0, Math.ceil(gaps.length / 2));
  const mean = shortest.reduce((sum, gap) => sum + gap, 0) / shortest.length;
  const nearest = COMMON_RATES.toSorted((a, b) => Math.abs(a * mean - 1) - Math.abs(b * mean - 1))[0];
  return nearest !== undefined && Math.abs(nearest * mean - 1) < 0.02 ? nearest : undefined;
}
