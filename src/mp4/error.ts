/**
 * Why an MP4 could not be read or written:
 * - `notMp4`: the first bytes are no box of ISO/IEC 14496-12
 * - `noMovie`: no complete `moov` box (a download cut short, or a file still being written)
 * - `malformed`: a box or table contradicts the standard or itself
 * - `unsupported`: legal, but outside what this room reads
 * - `fragmented`: needs a file whose samples are listed in `moov`, but they are in `moof` boxes
 * - `tooLarge`: a limit that keeps a hostile file from costing memory or time was passed
 */
export type Mp4ErrorKind = 'notMp4' | 'noMovie' | 'malformed' | 'unsupported' | 'fragmented' | 'tooLarge';

/** The only error that reading or writing boxes throws. `detail` is for the log, not for people. */
export class Mp4Error extends Error {
  override readonly name = 'Mp4Error';
  readonly kind: Mp4ErrorKind;
  readonly detail: string;

  constructor(kind: Mp4ErrorKind, detail: string) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}
