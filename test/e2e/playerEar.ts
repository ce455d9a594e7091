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
  /** When it began, same clock. */
  readonly began: number;
}

/** Seconds between two clicks of the pilot; the recorder hears them less late than that. */
const PILOT = 0.25;

/**
 * Runs in the page. Every connection to the loudspeakers, and the video's own sound, also goes to a recorder, in its left channel.
 * In the right one it hears a pilot, clicks at known times: the recorder itself knows them only to some milliseconds, and a busy browser drops buffers.
 */
const INSTALL = `(async () => {
  const video = document.querySelector('video');
  const size = 512;
  const context = globalThis.tap?.context ?? new AudioContext({ latencyHint: 'interactive', sampleRate: 48000 });
  const ear = globalThis.ear = { sampleRate: context.sampleRate, blocks: [], frames: [], on: false };
  await context.resume();
  const recorder = context.createScriptProcessor(size, 2, 2);
  const channels = context.createChannelMerger(2);
  channels.connect(recorder).connect(context.destination);
  const pilot = context.createBufferSource();
  pilot.buffer = context.createBuffer(1, ${PILOT} * context.sampleRate, context.sampleRate);
  pilot.buffer.getChannelData(0).fill(0.5, 0, 64);
  pilot.loop = true;
  pilot.connect(channels, 0, 1);
  const pilotAt = Math.ceil((context.currentTime + 0.1) * context.sampleRate) / context.sampleRate;
  pilot.start(pilotAt);
  let loud = false;
  recorder.onaudioprocess = event => {
    const clicks = event.inputBuffer.getChannelData(1);
    let heardAt;
    for (let index = 0; index < size; index++) {
      const now = clicks[index] > 0.4;
      if (now && !loud) {
        const passed = Math.floor((event.playbackTime + index / context.sampleRate - pilotAt) / ${PILOT});
        heardAt = pilotAt + passed * ${PILOT} - index / context.sampleRate;
      }
      loud = now;
    }
    if (!ear.on) return;
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    ear.blocks.push({ heardAt, clock: performanceTime - contextTime * 1000, samples: event.inputBuffer.getChannelData(0).slice() });
  };
  if (globalThis.tap) globalThis.tap.node.connect(channels, 0, 0);
  else context.createMediaElementSource(video).connect(channels, 0, 0);
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
  return { sampleRate: ear.sampleRate, began: ear.began, blocks: ear.blocks.map(({ samples, ...times }) => ({ ...times, samples: encode(samples) })), frames: ear.frames };
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

interface RawBlock {
  /** Seconds on the clock of Web Audio: when the first sample is heard, where a click of the pilot began in this block. */
  readonly heardAt?: number;
  /** Milliseconds: what to add to the clock of Web Audio. */
  readonly clock: number;
  /** Samples as base64. */
  readonly samples: string;
}

/** Records while `act` runs. */
export async function listen(frame: Frame, act: () => Promise<void>): Promise<Recording> {
  await frame.evaluate(
    'ear.blocks = []; ear.frames = []; ear.began = performance.now(); ear.on = true; undefined',
  );
  await act();
  const { blocks, ...rest }: Omit<Recording, 'blocks'> & { blocks: RawBlock[] } =
    await frame.evaluate(COLLECT);
  return { ...rest, blocks: timed(blocks, rest.sampleRate) };
}

/** Blocks between two clicks of the pilot that are as far apart as they should be; where buffers were dropped, nothing is known. */
function timed(raw: readonly RawBlock[], sampleRate: number): Recording['blocks'] {
  const blocks: { at: number; samples: Float32Array }[] = [];
  let next = 0; // seconds
  let since: { at: number; samples: Float32Array }[] = [];
  for (const { heardAt, clock, samples: text } of raw) {
    if (heardAt !== undefined) {
      if (Math.abs(heardAt - next) < 0.0005) blocks.push(...since);
      since = [];
      next = heardAt;
    }
    const samples = new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
    since.push({ at: next * 1000 + clock, samples });
    next += samples.length / sampleRate;
  }
  return blocks;
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

/** Milliseconds before and after a moment in which the picture must have gone on evenly for it to be judged. */
const CALM = { before: 400, after: 200 };
/** Frames that must have been seen in that time; at half speed there are 7. */
const CALM_FRAMES = 5;
/** Seconds by which a frame may be out of step. One in five may be more: a busy machine shows some late. */
const IN_STEP = 0.03;

/**
 * Where the picture was at a moment, in seconds of the clip; undefined while it stands, near a jump, and where the machine did not
 * keep up: what is seen and heard then tells of the machine.
 */
function mediaAt({ frames }: Recording, at: number): { media: number; rate: number } | undefined {
  const near = frames.filter(frame => frame.at >= at - CALM.before && frame.at <= at + CALM.after);
  const rate = near[0]?.rate;
  if (rate === undefined || near.length < CALM_FRAMES || near.some(frame => frame.rate !== rate))
    return undefined;
  if (!near.some(frame => frame.at > at)) return undefined;
  const places = near.map(frame => frame.media + ((at - frame.at) / 1000) * rate).toSorted((a, b) => a - b);
  const media = places[places.length >> 1] ?? 0;
  const inStep = places.filter(place => Math.abs(place - media) <= IN_STEP * rate);
  return inStep.length >= 0.8 * places.length ? { media, rate } : undefined;
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

/** True where nothing at all was heard. */
export function isSilent({ blocks, began }: Recording): boolean {
  // A busy page is handed late what was heard before.
  return blocks.every(({ at, samples }) => at < began || samples.every(sample => Math.abs(sample) < QUIET));
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
    const now = mediaAt(recording, at);
    if (!now) continue;
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

/** Milliseconds after a jump, as when the video begins anew, in which picture and sound find each other. */
const SETTLING = 500;

function isSettling({ frames }: Recording, at: number): boolean {
  return frames.some(
    (frame, index) =>
      frame.media < (frames[index - 1]?.media ?? 0) &&
      at > frame.at - SETTLING / 5 &&
      at < frame.at + SETTLING,
  );
}

/** Milliseconds between two looks at the tone. */
const LOOK = 2;
/** Milliseconds that it is told from. */
const SHORT_WINDOW = 20;
/**
 * Looks in a row in which a tone must be heard before and after a change. Where a busy machine drops a buffer there is a click, in
 * which any tone may be the strongest for as long as it is in the window.
 */
const HELD = 2 * (SHORT_WINDOW / LOOK);

/**
 * How much later each change of the tone is heard than the picture is seen that belongs to it, in milliseconds of real time, in
 * steady play. The change is where the next tone becomes stronger than the one before.
 * @param toneSeconds how long each tone lasts, at speed 1
 */
export function skews(recording: Recording, toneSeconds: number): number[] {
  const found: number[] = [];
  const tones = CLIP_SECONDS.length;
  for (const piece of stretches(recording)) {
    const heard = tonesHeard(piece, recording.sampleRate);
    for (const [index, { tone, at, looks }] of heard.entries()) {
      const before = heard[index - 1];
      if (tone === undefined || before?.tone === undefined || tone !== (before.tone + 1) % tones) continue;
      if (looks < HELD || before.looks < HELD) continue;
      const now = mediaAt(recording, at);
      if (!now || isSettling(recording, at)) continue;
      // The tones come again: the change that was heard is the nearest one to what is seen.
      const round = Math.round((now.media / toneSeconds - tone) / tones);
      const began = (tone + round * tones) * toneSeconds;
      found.push(((now.media - began) / now.rate) * 1000);
    }
  }
  return found;
}

/** A tone, or silence, that is heard in some looks in a row. `at`: the middle of the first one. */
interface ToneHeard {
  readonly tone: number | undefined;
  readonly at: number;
  looks: number;
}

function tonesHeard(piece: { at: number; samples: Float32Array }, sampleRate: number): ToneHeard[] {
  const length = Math.round((SHORT_WINDOW / 1000) * sampleRate);
  const step = Math.round((LOOK / 1000) * sampleRate);
  const heard: ToneHeard[] = [];
  for (let from = 0; from + length <= piece.samples.length; from += step) {
    const tone = secondHeard(piece.samples.subarray(from, from + length), 1 / sampleRate);
    const last = heard.at(-1);
    if (last && last.tone === tone) last.looks++;
    else heard.push({ tone, at: piece.at + ((from + length / 2) / sampleRate) * 1000, looks: 1 });
  }
  return heard;
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
