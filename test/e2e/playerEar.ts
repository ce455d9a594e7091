/** Listens to the player: which tone is heard while which second of the clip is seen, and how far the two are apart. */
import type { Frame } from 'playwright-core';
import { CLIP_SECONDS } from '../../src/simulator/clip.ts';

/** Seconds of sound that a tone is told from. */
const WINDOW = 0.06;
/** Part of a second around its ends in which two tones may be heard. */
const EDGE = 0.15;
/** Amplitude below which nothing is heard. */
const QUIET = 0.02;

/** What was recorded in the page: sound, and which media time was on screen when. */
export interface Recording {
  /** Hz. */
  readonly sampleRate: number;
  /** Blocks of samples; `at` in milliseconds on the clock of `performance.now()`: when the first sample is heard. */
  readonly blocks: readonly { readonly at: number; readonly samples: Float32Array }[];
  /** `at`: when the frame is seen, same clock; `media` in seconds. */
  readonly frames: readonly { readonly at: number; readonly media: number; readonly rate: number }[];
}

/**
 * Runs in the page. Every connection to the loudspeakers, and the video's own sound, also goes to a recorder. The recorder's
 * delay is measured with a click of its own.
 */
const INSTALL = `(async () => {
  const video = document.querySelector('video');
  const size = 512;
  const context = globalThis.tap?.context ?? new AudioContext({ latencyHint: 'interactive' });
  const ear = globalThis.ear = { sampleRate: context.sampleRate, blocks: [], frames: [], on: false };
  await context.resume();
  const recorder = context.createScriptProcessor(size, 2, 2);
  recorder.connect(context.destination);
  let delay = 0;
  let onClick;
  recorder.onaudioprocess = event => {
    const samples = event.inputBuffer.getChannelData(0);
    if (onClick) {
      const index = samples.findIndex(sample => Math.abs(sample) > 0.4);
      if (index >= 0) onClick(event.playbackTime + index / context.sampleRate);
      return;
    }
    if (!ear.on) return;
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    ear.blocks.push({ at: performanceTime + (event.playbackTime - delay - contextTime) * 1000, samples: samples.slice() });
  };
  // A busy browser drops buffers, and with one of them the click: then there is another.
  const listenToClick = async () => {
    const click = context.createBufferSource();
    click.buffer = context.createBuffer(1, 64, context.sampleRate);
    click.buffer.getChannelData(0).fill(0.5);
    click.connect(recorder);
    const clickAt = context.currentTime + 0.1;
    click.start(clickAt);
    const heardAt = await new Promise(resolve => {
      onClick = resolve;
      setTimeout(resolve, 1000);
    });
    click.disconnect();
    return heardAt === undefined ? undefined : heardAt - clickAt;
  };
  let heard;
  for (let tries = 0; heard === undefined; tries++) {
    if (tries === 10) throw new Error('The recorder hears nothing.');
    heard = await listenToClick();
  }
  onClick = undefined;
  delay = heard;
  if (globalThis.tap) globalThis.tap.node.connect(recorder);
  else {
    const source = context.createMediaElementSource(video);
    source.connect(recorder);
  }
  const next = () => video.requestVideoFrameCallback((_now, frame) => {
    if (ear.on) ear.frames.push({ at: frame.expectedDisplayTime, media: frame.mediaTime, rate: video.playbackRate });
    next();
  });
  next();
})()`;

const COLLECT = `(() => {
  ear.on = false;
  const encode = samples => {
    const bytes = new Uint8Array(samples.buffer);
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  };
  return { sampleRate: ear.sampleRate, blocks: ear.blocks.map(({ at, samples }) => ({ at, samples: encode(samples) })), frames: ear.frames };
})()`;

/**
 * Lets Web Audio of the page be heard by the recorder: run in every frame before its scripts. The last node before the
 * loudspeakers is remembered as \`tap\`.
 */
export const TAP_WEB_AUDIO = `(() => {
  if (!globalThis.AudioNode) return;
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target === this.context.destination && this instanceof GainNode) globalThis.tap = { node: this, context: this.context };
    return connect.call(this, target, ...rest);
  };
})()`;

export async function installEar(frame: Frame): Promise<void> {
  await frame.evaluate(INSTALL);
}

/** Records while `act` runs. */
export async function listen(frame: Frame, act: () => Promise<void>): Promise<Recording> {
  await frame.evaluate('ear.blocks = []; ear.frames = []; ear.on = true; undefined');
  await act();
  const raw: {
    sampleRate: number;
    blocks: { at: number; samples: string }[];
    frames: { at: number; media: number; rate: number }[];
  } = await frame.evaluate(COLLECT);
  return {
    sampleRate: raw.sampleRate,
    frames: raw.frames,
    blocks: raw.blocks.map(({ at, samples }) => {
      const bytes = Uint8Array.from(Buffer.from(samples, 'base64'));
      return { at, samples: new Float32Array(bytes.buffer) };
    }),
  };
}

/** Energy of one frequency in samples (Goertzel's algorithm). @param frequency in cycles per sample */
function energy(samples: Float32Array, frequency: number): number {
  const factor = 2 * Math.cos(2 * Math.PI * frequency);
  let before = 0;
  let last = 0;
  for (const sample of samples) {
    const now = sample + factor * last - before;
    before = last;
    last = now;
  }
  return (last * last + before * before - factor * last * before) / samples.length ** 2;
}

/** The second whose tone is strongest; undefined for silence. @param hertz what one cycle per second of the clip became, in cycles per sample */
function secondHeard(samples: Float32Array, hertz: number): number | undefined {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  if (peak < QUIET) return undefined;
  const energies = CLIP_SECONDS.map(({ tone }) => energy(samples, tone * hertz));
  return energies.indexOf(Math.max(...energies));
}

/** Where the picture was at a moment, in seconds of the clip; undefined near a jump or while it stands. */
function mediaAt({ frames }: Recording, at: number): { media: number; rate: number } | undefined {
  const index = frames.findLastIndex(frame => frame.at <= at);
  const before = frames[index];
  const after = frames[index + 1];
  if (!before || !after) return undefined;
  const passed = ((after.at - before.at) / 1000) * before.rate;
  const jumped =
    after.rate !== before.rate || Math.abs(after.media - before.media - passed) > 0.1 || passed > 0.5;
  if (jumped) return undefined;
  return { media: before.media + ((at - before.at) / 1000) * before.rate, rate: before.rate };
}

/** Overlapping pieces of unbroken sound; `at` is the middle of each. */
function* windows(recording: Recording): Generator<{ at: number; samples: Float32Array }> {
  const { sampleRate } = recording;
  const length = Math.round((WINDOW * sampleRate) / 2) * 2;
  for (const { at, samples } of stretches(recording))
    for (let from = 0; from + length <= samples.length; from += length / 2)
      yield {
        at: at + ((from + length / 2) / sampleRate) * 1000,
        samples: samples.subarray(from, from + length),
      };
}

export interface Heard {
  /** Pieces of 60 ms in which the tone of the second that was seen was heard. */
  readonly right: number;
  /** … in which another tone was heard. */
  readonly wrong: number;
  readonly silent: number;
  /** Seconds of the clip whose own tone was heard. */
  readonly seconds: readonly number[];
}

/**
 * Compares what was heard with what was seen, away from the ends of each second and from jumps.
 * @param pitchFollowsSpeed true where faster also is higher
 */
export function compare(recording: Recording, pitchFollowsSpeed = false): Heard {
  const seconds = new Set<number>();
  let right = 0;
  let wrong = 0;
  let silent = 0;
  for (const { at, samples } of windows(recording)) {
    const around = [at - 120, at, at + 120].map(moment => mediaAt(recording, moment));
    const [, now] = around;
    if (!now || around.includes(undefined)) continue;
    const second = Math.floor(now.media);
    const part = now.media - second;
    if (part < EDGE * now.rate || part > 1 - EDGE * now.rate || second >= CLIP_SECONDS.length) continue;
    const heard = secondHeard(samples, (pitchFollowsSpeed ? now.rate : 1) / recording.sampleRate);
    if (heard === undefined) silent++;
    else if (heard === second) {
      right++;
      seconds.add(second);
    } else wrong++;
  }
  return { right, wrong, silent, seconds: [...seconds].toSorted((a, b) => a - b) };
}

/**
 * How much later each change of the tone is heard than the picture is seen that belongs to it, in milliseconds of real time.
 * The change is where the next tone becomes stronger than the one before.
 */
export function skews(recording: Recording, pitchFollowsSpeed = false): number[] {
  const found: number[] = [];
  const { sampleRate } = recording;
  const length = Math.round(0.02 * sampleRate);
  const step = Math.round(0.002 * sampleRate);
  for (const piece of stretches(recording)) {
    let before: number | undefined;
    for (let from = 0; from + length <= piece.samples.length; from += step) {
      const at = piece.at + ((from + length / 2) / sampleRate) * 1000;
      const now = mediaAt(recording, at);
      if (!now) {
        before = undefined;
        continue;
      }
      const heard = secondHeard(
        piece.samples.subarray(from, from + length),
        (pitchFollowsSpeed ? now.rate : 1) / sampleRate,
      );
      if (before !== undefined && heard === before + 1 && Math.abs(now.media - heard) < 0.4)
        found.push(((now.media - heard) / now.rate) * 1000);
      before = heard;
    }
  }
  return found;
}

/** Unbroken sound, as long as possible. */
function* stretches({ blocks, sampleRate }: Recording): Generator<{ at: number; samples: Float32Array }> {
  let parts: Float32Array[] = [];
  let start = 0;
  let expected = 0;
  const join = (): Float32Array => {
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  for (const { at, samples } of blocks) {
    if (parts.length > 0 && Math.abs(at - expected) > 5) {
      yield { at: start, samples: join() };
      parts = [];
    }
    if (parts.length === 0) start = at;
    parts.push(samples);
    expected = at + (samples.length / sampleRate) * 1000;
  }
  if (parts.length > 0) yield { at: start, samples: join() };
}
