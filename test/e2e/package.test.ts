import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from '../support/paths.ts';
import { runCommand } from '../support/processes.ts';
import {
  agreeToPrice,
  generateFromPalette,
  typeKey,
  waitForPlaying,
  waitForVideo,
} from './support/mainJob.ts';
import { openStudio, type OpenStudio } from './support/studio.ts';

/** Bytes that the package may have. */
const SIZE_LIMIT = 2 * 1024 * 1024;

/** All that is installed of it; VS Code writes `.vsixmanifest` itself. */
const CONTENTS = `
  .vsixmanifest
  LICENSE.txt
  changelog.md
  dist/ThirdPartyNotices.txt
  dist/convertWorker.cjs
  dist/extension.cjs
  dist/player.css
  dist/player.js
  media/demo/clip-silent.mp4
  media/demo/clip.mp4
  media/icon.png
  media/seedance.svg
  package.json
  package.nls.json
  readme.md`;

/** Makes the package in a copy as a clone has it: the build of the repository is in use by other tests. */
async function makePackage(folder: string): Promise<{ vsix: string; said: string }> {
  const absent = new Set(['node_modules', 'dist', 'out', '.git']);
  const isCloned = (file: string): boolean => !absent.has(path.relative(repository, file));
  await cp(repository, folder, { recursive: true, filter: isCloned });
  await symlink(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const said = await runCommand(npm, ['run', 'package'], { cwd: folder });
  const files = (await readdir(folder)).filter(file => file.endsWith('.vsix'));
  assert.equal(files.length, 1, `one package of ${files.join()}`);
  return { vsix: path.join(folder, files[0] ?? ''), said };
}

describe('the package', () => {
  let folder: string;
  let vsix: string;
  let said: string;
  let evolink: OpenStudio;
  let installed: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'seedance-package-'));
    ({ vsix, said } = await makePackage(folder));
  });
  before(async () => {
    evolink = await openStudio({ packages: [vsix] });
    const extensions = path.join(evolink.workbench.server.dataDir, 'extensions');
    const names = (await readdir(extensions)).filter(name => name.startsWith('seedance-studio.'));
    assert.equal(names.length, 1, names.join());
    installed = path.join(extensions, names[0] ?? '');
  });
  after(async () => {
    await evolink?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is made without a warning or question, and is small', async () => {
    assert.match(said, / DONE /);
    assert.doesNotMatch(said, /warn|\[y\/n\]/i);
    const { size } = await stat(vsix);
    assert(size <= SIZE_LIMIT, `${size} bytes`);
    console.log(`      ${(size / 1024).toFixed(0)} KB`);
  });

  it('holds what the extension needs, and nothing else', async () => {
    const entries = await readdir(installed, { recursive: true, withFileTypes: true });
    const files = entries
      .filter(entry => entry.isFile())
      .map(entry => path.relative(installed, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
    assert.deepEqual(files.toSorted(), CONTENTS.trim().split(/\s+/).toSorted());
    for (const file of files.filter(name => /\.(cjs|js|css)$/.test(name)))
      assert.doesNotMatch(await readFile(path.join(installed, file), 'utf8'), /sourceMappingURL/, file);
  });

  it('speaks to users, and links to nothing that is not in it', async () => {
    const readme = await readFile(path.join(installed, 'readme.md'), 'utf8');
    assert.match(readme, /^## Settings$/m);
    assert.doesNotMatch(readme, /\bnpm\b|From source/);
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    assert(links.length > 0);
    assert.deepEqual(
      links.filter(link => !link?.startsWith('https://')),
      [],
    );
  });

  it('names all that is bundled with its licence', async () => {
    const notices = await readFile(path.join(installed, 'dist', 'ThirdPartyNotices.txt'), 'utf8');
    for (const name of ['valibot', 'node-fetch', 'media-chrome'])
      assert.match(notices, new RegExp(`^${name} [\\d.]+ \\(MIT\\)$`, 'm'));
  });

  it('does the main job in a clean profile', async () => {
    const { workbench, workspace, simulator } = evolink;
    await generateFromPalette(workbench);
    await typeKey(workbench, simulator.key);
    await agreeToPrice(workbench);
    await waitForVideo(workbench, workspace);
    await waitForPlaying(workbench);
    await workbench.screenshot('package-video-playing');
    assert.equal(simulator.posts.length, 1);
  });
});
