import type { DecodedAudio } from '../../sound/decodeAudio.ts';

/** Seconds between the order to start and the start, so that it is exact. */
const LEAD = 0.01;
/** Seconds that sound and picture may be apart before the sound starts anew: people notice from here on (ITU-R BT.1359). */
const MAX_DRIFT = 0.045;
/** Milliseconds. */
const CHECK_INTERVAL = 250;

/**
 * Plays decoded sound through Web Audio beside a silent video, and keeps to its clock. At other speeds the pitch changes
 * with the speed, unlike that of a video's own sound.
 */
export class SyncedSound {
  readonly #video: HTMLVideoElement;
  readonly #context: AudioContext;
  readonly #buffer: AudioBuffer;
  readonly #gain: GainNode;
  readonly #listeners = new AbortController();
  readonly #timer: number;
  #source: AudioBufferSourceNode | undefined;
  /** When the source started on the context's clock, and at which second of the sound. */
  #startedAt = 0;
  #startedFrom = 0;

  constructor(
    video: HTMLVideoElement,
    { planes, sampleRate }: DecodedAudio,
    context = new AudioContext({ latencyHint: 'interactive' }),
  ) {
    this.#video = video;
    this.#context = context;
    this.#buffer = context.createBuffer(planes.length, Math.max(1, planes[0]?.length ?? 0), sampleRate);
    planes.forEach((samples, channel) => this.#buffer.copyToChannel(samples, channel));
    this.#gain = context.createGain();
    this.#gain.connect(context.destination);
    this.#listen();
    this.#setVolume();
    this.#timer = window.setInterval(() => this.#correct(), CHECK_INTERVAL);
    this.#start();
  }

  dispose(): void {
    this.#listeners.abort();
    clearInterval(this.#timer);
    this.#stop();
    void this.#context.close();
  }

  #listen(): void {
    const { signal } = this.#listeners;
    const on = (type: keyof HTMLMediaElementEventMap, listener: () => void): void =>
      this.#video.addEventListener(type, listener, { signal });
    on('playing', () => this.#start());
    on('seeked', () => this.#start());
    on('ratechange', () => this.#start());
    for (const type of ['pause', 'waiting', 'seeking', 'ended', 'emptied'] as const)
      on(type, () => this.#stop());
    on('volumechange', () => this.#setVolume());
    this.#context.addEventListener('statechange', () => this.#start(), { signal });
    // A page that was never touched may not make a sound in some browsers.
    for (const type of ['pointerdown', 'keydown'] as const)
      window.addEventListener(type, () => void this.#context.resume(), { signal });
  }

  #setVolume(): void {
    this.#gain.gain.value = this.#video.muted ? 0 : this.#video.volume;
  }

  /** Seconds between handing a sample over and hearing it. */
  get #latency(): number {
    return this.#context.outputLatency + this.#context.baseLatency;
  }

  #start(): void {
    this.#stop();
    const video = this.#video;
    const context = this.#context;
    if (video.paused || video.ended || video.seeking || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA)
      return;
    if (context.state !== 'running') {
      void context.resume();
      return;
    }
    const at = context.currentTime + LEAD;
    const from = video.currentTime + (LEAD + this.#latency) * video.playbackRate;
    if (from >= this.#buffer.duration) return;
    const source = context.createBufferSource();
    source.buffer = this.#buffer;
    source.playbackRate.value = video.playbackRate;
    source.connect(this.#gain);
    source.start(at, from);
    this.#source = source;
    this.#startedAt = at;
    this.#startedFrom = from;
  }

  #stop(): void {
    this.#source?.stop();
    this.#source?.disconnect();
    this.#source = undefined;
  }

  #correct(): void {
    const video = this.#video;
    if (!this.#source || video.paused || video.seeking) return;
    const elapsed = this.#context.currentTime - this.#latency - this.#startedAt;
    const heard = this.#startedFrom + elapsed * video.playbackRate;
    if (heard < this.#buffer.duration && Math.abs(heard - video.currentTime) > MAX_DRIFT) this.#start();
  }
}
