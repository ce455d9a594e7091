import { Mp4Error } from './error.ts';
import type { Movie, Track } from './movie.ts';
import { type Pcm, pcmChunks, pcmTrak } from './pcmTrack.ts';
import { checkChunkCount, chunkOffsetBox, readChunks } from './sampleTable.ts';
import { box, boxHeader, byteLength } from './write.ts';

/** What 32-bit offsets and sizes can reach. */
const MAX_FILE = 0xffffffff;

/** Bytes of a track that stay together, and where they go. */
interface Piece {
  /** Seconds; pieces are written in this order. */
  readonly time: number;
  readonly data: Uint8Array;
  /** Says where the piece lies in the new file. */
  readonly place: (offset: number) => void;
}

/** Throws Mp4Error where `replaceSound` would, as far as that is known before its sound is decoded. */
export function checkReplaceable(movie: Movie): void {
  if (movie.fragmented) throw new Mp4Error('fragmented', 'samples are in movie fragments');
  checkChunkCount(movie.tracks);
}

/**
 * The file with one track's sound replaced by PCM, as parts to be written one after the other: `ftyp`, `moov`, then one
 * `mdat` in which picture and sound are interleaved by time, so that it plays while it loads. The samples of other tracks are
 * views into the original. `udta` and `meta` of the movie are left out: they may speak of bytes that have moved, or of
 * the old sound's priming. Throws Mp4Error.
 */
export function replaceSound(movie: Movie, track: Track, pcm: Pcm): readonly Uint8Array[] {
  checkReplaceable(movie);
  const sound = pcmChunks(pcm);
  const soundOffsets = sound.map(() => 0);
  const soundPieces = sound.map(({ time, data }, index) => ({
    time,
    data,
    place: (offset: number) => void (soundOffsets[index] = offset),
  }));
  const others = movie.tracks.filter(other => other !== track).map(other => moveTrack(movie, other));
  const moved = others.flatMap(other => other.pieces);
  // Chunks that share bytes would make the copy much larger than the file.
  if (byteLength(moved.map(({ data }) => data)) > movie.bytes.length)
    throw new Mp4Error('malformed', 'chunks overlap');
  const pieces = [...soundPieces, ...moved].toSorted(byTime);

  const makeMoov = (): Uint8Array => {
    const copies = new Map([
      [track.trak, pcmTrak(track, pcm, soundOffsets)],
      ...others.map(({ track, trak }) => [track.trak, trak] as const),
    ]);
    const kept = movie.moov.children().filter(child => child.type !== 'udta' && child.type !== 'meta');
    return box('moov', ...kept.map(child => copies.get(child) ?? child.raw));
  };

  const ftyp = movie.top.find(top => top.type === 'ftyp')?.raw ?? new Uint8Array(0);
  const dataLength = byteLength(pieces.map(({ data }) => data));
  // Offsets have a fixed width, so that the size of moov is known before they are.
  let at = ftyp.length + makeMoov().length + 8;
  if (at + dataLength > MAX_FILE) throw new Mp4Error('tooLarge', 'the copy would pass 4 GiB');
  for (const { data, place } of pieces) {
    place(at);
    at += data.length;
  }
  return [ftyp, makeMoov(), boxHeader('mdat', dataLength), ...pieces.map(({ data }) => data)];
}

function byTime(a: Piece, b: Piece): number {
  return a.time === b.time ? 0 : a.time < b.time ? -1 : 1;
}

/** A copy of a track's box, and its chunks, which write their new offsets into it. */
function moveTrack(movie: Movie, track: Track): { track: Track; trak: Uint8Array; pieces: readonly Piece[] } {
  const { bytes } = movie;
  const offsets = chunkOffsetBox(track.stbl);
  const trak = track.trak.raw.slice();
  const view = new DataView(trak.buffer);
  const firstEntry = offsets.body + 8 - track.trak.start;
  const pieces = readChunks(track).map(({ offset, size, time }, index): Piece => {
    // What was cut off comes last: a player then meets the end of the file, as in the original.
    const cut = offset + size > bytes.length;
    return {
      time: cut ? Infinity : time / track.timescale,
      data: bytes.subarray(offset, offset + size),
      place:
        offsets.type === 'co64'
          ? to => view.setBigUint64(firstEntry + 8 * index, BigInt(to))
          : to => view.setUint32(firstEntry + 4 * index, to),
    };
  });
  return { track, trak, pieces };
}
