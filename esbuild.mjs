// Bundles the extension (Node, CommonJS), its worker, the player's page (browser) and, for tests, the suite that runs inside VS Code.
// With --production as the package has them: minified, with the README for users and the licences of what is bundled.
import { context, build } from 'esbuild';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  minify: production,
  sourcemap: !production,
  sourcesContent: false,
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const host = {
  ...common,
  entryPoints: { extension: 'src/extension.ts', convertWorker: 'src/sound/convertWorker.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
};

/** @type {import('esbuild').BuildOptions} */
const page = {
  ...common,
  entryPoints: { player: 'src/player/page/main.ts' },
  outdir: 'dist',
  platform: 'browser',
  format: 'iife',
  target: 'chrome138',
};

/** @type {import('esbuild').BuildOptions} */
const hostTests = {
  ...common,
  entryPoints: { index: 'test/vscode/index.ts' },
  outdir: 'dist/test',
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode', 'mocha'],
};

/** Prints the two lines that .vscode/tasks.json waits for. @type {import('esbuild').Plugin} */
const watchMarkers = {
  name: 'watch-markers',
  setup(build) {
    build.onStart(() => console.log('[watch] build started'));
    build.onEnd(result => {
      for (const { text, location } of result.errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
      }
      console.log('[watch] build finished');
    });
  },
};

/** The README as far as it is for users: what follows needs the repository, and its links lead nowhere from a package. */
async function writeReadme() {
  const [forUsers, ...fromSource] = (await readFile('README.md', 'utf8')).split('\n## From source\n');
  if (fromSource.length !== 1)
    throw new Error('README.md must have one section "From source", after what is for users.');
  await writeFile('dist/README.md', forUsers);
}

/**
 * The licences of the packages in the bundles: each asks for that in all copies.
 * @param {readonly import('esbuild').Metafile[]} metafiles
 */
async function writeNotices(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(output => Object.keys(output.inputs)),
  );
  const folders = new Set(
    inputs.flatMap(file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  const notices = await Promise.all([...folders].toSorted().map(notice));
  await writeFile(
    'dist/ThirdPartyNotices.txt',
    `Seedance Studio holds these packages.\n\n${notices.join('\n\n')}\n`,
  );
}

/** @param {string} folder of a package */
async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const files = await readdir(folder);
  const file =
    files.find(file => /^licen[cs]e/i.test(file)) ?? files.find(file => /^readme/i.test(file)) ?? '';
  const text = await readFile(path.join(folder, file), 'utf8');
  const terms = /^readme/i.test(file) ? /^#*\s*Licen[cs]e\b[^]*/im.exec(text)?.[0] : text;
  if (!terms?.includes('Copyright')) throw new Error(`${name} does not tell its licence.`);
  return `${name} ${version} (${license})\n\n${terms.trim()}`;
}

const targets = production ? [host, page] : [host, page, hostTests];
await rm('dist', { recursive: true, force: true });
if (watch) {
  for (const target of targets) await (await context({ ...target, plugins: [watchMarkers] })).watch();
} else {
  const results = await Promise.all(targets.map(target => build({ ...target, metafile: true })));
  if (production) {
    await writeReadme();
    await writeNotices(results.map(({ metafile }) => metafile));
  }
}
