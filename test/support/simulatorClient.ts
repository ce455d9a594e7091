import { join } from 'node:path';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/server.ts';

const media = join(import.meta.dirname, '../../media/demo');

/** The least that EvoLink accepts, with the fields that the extension always sends. */
export const VALID_REQUEST = {
  model: 'seedance-2.0-text-to-video',
  prompt: 'A glass frog on a leaf, its heart beating.',
  duration: 5,
  quality: '720p',
  aspect_ratio: '16:9',
  generate_audio: true,
  content_filter: true,
} as const;

/** A simulator whose clock stands still at 1790000000 s until a test moves it. */
export function startTestSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return startSimulator({
    clip: join(media, 'clip.mp4'),
    silentClip: join(media, 'clip-silent.mp4'),
    clock: { now: () => 1_790_000_000_000 },
    ...options,
  });
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON where it is JSON, else the text. */
  // eslint-disable-next-line typescript/no-explicit-any -- tests read deep into bodies and compare what they find
  readonly body: any;
}

/** One request with the simulator's key, by Node's own client. */
export async function call(
  simulator: { readonly url: string; readonly key: string },
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Called> {
  const response = await fetch(simulator.url + path, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${simulator.key}`, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Asks for a video; `changes` go over `VALID_REQUEST`. */
export function create(
  simulator: Simulator,
  changes: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Called> {
  return call(simulator, 'POST', '/v1/videos/generations', { ...VALID_REQUEST, ...changes }, headers);
}
