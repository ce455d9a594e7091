// A Chromium that behaves like desktop VS Code's: it says that it plays AAC and has no decoder for it, while H.264, PCM, FLAC, MP3
// and Vorbis stay. Desktop VS Code's FFmpeg is built that way; no browser that can be installed from a package is.
import { constants, existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './paths.ts';
import { ensureTool } from './systemTools.ts';

/** FFmpeg's numbers of the decoders that VS Code lacks (enum AVCodecID), and unused numbers to put in their place. */
const decoders = [
  { name: 'aac', id: 0x15002, unused: 0x1f002 },
  { name: 'opus', id: 0x1503c, unused: 0x1f03c },
] as const;

/** enum AVMediaType AVMEDIA_TYPE_AUDIO. */
const audio = 1;
/** AV_CODEC_CAP_DR1, which these decoders declare. */
const canRenderDirectly = 2;

/** The executable, or why there is none here; a test that needs it then skips and says so. */
export type NoAacChromium = { executablePath: string } | { skipped: string };

/** Makes the browser once for each installed build of Chromium, in the user's cache folder, from a copy of its binary. */
export async function noAacChromium(): Promise<NoAacChromium> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      skipped: `A Chromium without AAC can be made on 64-bit Linux only, not on ${process.platform} ${process.arch}.`,
    };
  }
  const binary = await realBinary(await ensureTool('chromium'));
  if (!binary) return { skipped: 'The browser that is installed here is not a plain ELF program.' };
  const { size, mtimeMs } = await stat(binary);
  const folder = path.join(cacheFolder(), `chromium-no-aac-${size}-${Math.round(mtimeMs)}`);
  const executablePath = path.join(folder, path.basename(binary));
  if (existsSync(executablePath)) return { executablePath };

  const bytes = await readFile(binary);
  for (const decoder of decoders) {
    const records = findDecoderRecords(bytes, decoder.id);
    const [at] = records;
    if (at === undefined || records.length > 1) {
      return {
        skipped: `${binary} holds ${records.length} records of the decoder ${decoder.name} instead of one.`,
      };
    }
    bytes.writeUInt32LE(decoder.unused, at + 4);
  }
  await mkdir(cacheFolder(), { recursive: true });
  for (const old of await readdir(cacheFolder())) {
    if (/^chromium-no-aac-[\d-]+$/.test(old)) await rm(path.join(cacheFolder(), old), { recursive: true });
  }
  const parts = await mkdtemp(`${folder}.making-`);
  try {
    for (const name of await readdir(path.dirname(binary))) {
      if (name !== path.basename(binary)) {
        await symlink(path.join(path.dirname(binary), name), path.join(parts, name));
      }
    }
    await writeFile(path.join(parts, path.basename(binary)), bytes, { mode: 0o755 });
    await rename(parts, folder).catch(error => {
      if (!existsSync(executablePath)) throw error; // else another process was faster
    });
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
  return { executablePath };
}

/**
 * Finds FFmpeg's records `struct AVCodec { char *name, *long_name; int type; int id; int capabilities; … }` of an audio decoder:
 * aligned to 8 bytes, with pointers that are 0 on disk (filled in at load).
 * @returns offsets of `type`
 */
export function findDecoderRecords(bytes: Buffer, id: number): number[] {
  const typeAndId = Buffer.alloc(8);
  typeAndId.writeUInt32LE(audio, 0);
  typeAndId.writeUInt32LE(id, 4);
  const found: number[] = [];
  for (let at = bytes.indexOf(typeAndId, 16); at >= 0; at = bytes.indexOf(typeAndId, at + 1)) {
    if (at % 8 !== 0 || at + 12 > bytes.length) continue;
    const pointers = bytes.readBigUInt64LE(at - 16) | bytes.readBigUInt64LE(at - 8);
    if (pointers === 0n && (bytes.readUInt32LE(at + 8) & canRenderDirectly) !== 0) found.push(at);
  }
  return found;
}

/** Distributions put a shell script on PATH that starts the binary elsewhere. */
async function realBinary(executable: string): Promise<string | undefined> {
  const resolved = await realpath(executable);
  const beside = ['chromium', 'chrome', 'msedge'].flatMap(name => [
    path.join(path.dirname(resolved), name),
    path.join('/usr/lib', path.basename(resolved), name),
  ]);
  for (const file of [resolved, ...beside, '/usr/lib/chromium/chromium']) {
    if (existsSync(file) && (await isElf(file))) return file;
  }
  return undefined;
}

async function isElf(file: string): Promise<boolean> {
  const handle = await open(file, constants.O_RDONLY);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === '\x7fELF';
  } finally {
    await handle.close();
  }
}
