/**
 * Why sound could not be decoded or a copy not be made:
 * - `malformedConfig`: the AudioSpecificConfig contradicts ISO/IEC 14496-3
 * - `unsupported`: legal, but not AAC-LC with 1024 samples per frame and known loudspeakers
 * - `damagedFrame`: one access unit could not be decoded (it is concealed; never leaves the room)
 * - `tooManyDamagedFrames`: more than a quarter of them, or there is none
 * - `tooLong`: decoded, it would cost more memory than the limit
 */
export type SoundErrorKind =
  'malformedConfig' | 'unsupported' | 'damagedFrame' | 'tooManyDamagedFrames' | 'tooLong';

/** The only error that this room throws of itself. `detail` is for the log, not for people. */
export class SoundError extends Error {
  override readonly name = 'SoundError';
  readonly kind: SoundErrorKind;
  readonly detail: string;

  constructor(kind: SoundErrorKind, detail: string) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}
