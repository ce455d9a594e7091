import { type Box, readTopBoxes } from './box.ts';
import { type Edit, readEditList } from './editList.ts';
import { Mp4Error } from './error.ts';

/** A real file has a handful; more than this is an attack. */
const MAX_TRACKS = 64;
/** What a file may begin with: ISO/IEC 14496-12, and QuickTime's older ones. */
const FIRST_BOXES = new Set([
  'ftyp',
  'styp',
  'moov',
  'mdat',
  'free',
  'skip',
  'wide',
  'pnot',
  'uuid',
  'pdin',
  'sidx',
]);

/** A file as ISO/IEC 14496-12 sees it. */
export interface Movie {
  readonly bytes: Uint8Array;
  readonly top: readonly Box[];
  readonly moov: Box;
  /** Units per second of the movie's own times (edit lists, durations). */
  readonly timescale: number;
  readonly tracks: readonly Track[];
  /** Samples are (also) in `moof` boxes. */
  readonly fragmented: boolean;
}

export interface Track {
  readonly trak: Box;
  readonly tkhd: Box;
  readonly mdhd: Box;
  readonly stbl: Box;
  /** `track_ID`. */
  readonly id: number;
  /** `handler_type`: `vide`, `soun`, … */
  readonly handler: string;
  /** Units per second of the media's times. */
  readonly timescale: number;
  /** The first sample entry; its type names the codec. */
  readonly sampleEntry: Box | undefined;
  readonly edits: readonly Edit[];
}

/** Reads the structure of a file, not its samples. Throws Mp4Error. */
export function readMovie(bytes: Uint8Array): Movie {
  const top = readTopBoxes(bytes);
  if (!top[0] || !FIRST_BOXES.has(top[0].type))
    throw new Mp4Error('notMp4', 'the file does not begin with a box');
  const moov = top.find(box => box.type === 'moov');
  if (!moov || moov.cut) throw new Mp4Error('noMovie', moov ? 'moov is cut' : 'no moov');
  const mvhd = moov.require('mvhd');
  const traks = moov.children().filter(box => box.type === 'trak');
  if (traks.length > MAX_TRACKS) throw new Mp4Error('tooLarge', `${traks.length} tracks`);
  return {
    bytes,
    top,
    moov,
    timescale: readTimescale(mvhd),
    tracks: traks.map(trak => readTrack(trak)),
    fragmented: moov.find('mvex') !== undefined || top.some(box => box.type === 'moof'),
  };
}

function readTrack(trak: Box): Track {
  const tkhd = trak.require('tkhd');
  const mdhd = trak.require('mdia', 'mdhd');
  const stbl = trak.require('mdia', 'minf', 'stbl');
  return {
    trak,
    tkhd,
    mdhd,
    stbl,
    id: tkhd.u32(tkhd.version === 1 ? 20 : 12),
    handler: trak.require('mdia', 'hdlr').fourcc(8),
    timescale: readTimescale(mdhd),
    sampleEntry: stbl.require('stsd').children(8)[0],
    edits: readEditList(trak),
  };
}

/** `timescale` of `mvhd` and `mdhd`, which are laid out alike up to here. */
function readTimescale(header: Box): number {
  const timescale = header.u32(header.version === 1 ? 20 : 12);
  if (timescale === 0) throw new Mp4Error('malformed', `${header.type} has a timescale of 0`);
  return timescale;
}
