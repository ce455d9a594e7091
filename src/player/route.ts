import type { Media } from './protocol.ts';

/**
 * How a video is made heard: the file as it is; a copy of it with PCM sound; Web Audio beside the silent picture; not at
 * all. docs/player.md shows the way through them.
 */
export type Route = 'original' | 'copy' | 'webAudio' | 'silent';

/** The route to try first. @param decodesAac whether the page has proved that it decodes AAC */
export function firstRoute(sound: Media['sound'], decodesAac: boolean): Route {
  if (decodesAac || sound === 'none' || sound === 'other') return 'original';
  return 'copy';
}

/** The route to try when one turned out silent. Only AAC is decoded here. */
export function nextRoute(route: Route, sound: Media['sound']): Route {
  if (sound === 'other') return 'silent';
  return route === 'original' ? 'copy' : route === 'copy' ? 'webAudio' : 'silent';
}

/** Seconds that must have been played before silence means anything. */
const PROOF = 0.5;

/**
 * Whether a playing video has turned out to have no sound decoder. Only sure for a file that is known to have sound (or had
 * it, in the copy): the same silence is right for a clip without sound.
 * @param decodedBytes bytes of sound that were decoded so far; undefined where the browser does not tell
 */
export function isSilent(
  sound: Media['sound'],
  route: Route,
  playedSeconds: number,
  decodedBytes: number | undefined,
): boolean {
  if (sound !== 'aac' && sound !== 'other') return false;
  if (route !== 'original' && route !== 'copy') return false;
  return playedSeconds >= PROOF && decodedBytes === 0;
}
