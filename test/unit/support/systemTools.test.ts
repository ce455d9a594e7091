import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ToolMissing, findTool, whatToType } from '../../support/systemTools.ts';

describe('programs that tests need', () => {
  const { PATH, FFMPEG_PATH } = process.env;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'seedance-tools-'));
    process.env['PATH'] = folder;
    delete process.env['FFMPEG_PATH'];
  });

  afterEach(async () => {
    process.env['PATH'] = PATH;
    if (FFMPEG_PATH !== undefined) process.env['FFMPEG_PATH'] = FFMPEG_PATH;
    else delete process.env['FFMPEG_PATH'];
    await rm(folder, { recursive: true });
  });

  it('are found on PATH', async () => {
    assert.equal(findTool('ffmpeg'), undefined);
    const file = path.join(folder, process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
    await writeFile(file, '');
    await chmod(file, 0o755);
    assert.equal(findTool('ffmpeg'), file);
  });

  it('are taken from the variable that names them, which may not lie', () => {
    process.env['FFMPEG_PATH'] = process.execPath;
    assert.equal(findTool('ffmpeg'), process.execPath);
    process.env['FFMPEG_PATH'] = path.join(folder, 'nothing');
    assert.throws(() => findTool('ffmpeg'), ToolMissing);
  });

  it('are asked for by one sentence that says what to type', () => {
    assert.equal(
      whatToType('ffmpeg', 'linux', 'debian'),
      'ffmpeg is needed and was not found: type "sudo apt-get update && sudo apt-get install ffmpeg", or set FFMPEG_PATH to its executable.',
    );
    assert.match(whatToType('chromium', 'darwin', undefined), /type "brew install --cask google-chrome"/);
    assert.match(whatToType('chromium', 'linux', 'ubuntu'), /google-chrome-stable/); // chromium is a snap there
    assert.match(whatToType('chromium', 'win32', undefined), /winget install Google\.Chrome/);
  });
});
