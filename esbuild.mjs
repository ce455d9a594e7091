// Bundles the extension (Node, CommonJS), its worker, the player's page (browser) and, for tests, the suite that runs inside VS Code.
import { context, build } from 'esbuild';
import { rm } from 'node:fs/promises';

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
  target: 'chrome140',
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

const targets = production ? [host, page] : [host, page, hostTests];
await rm('dist', { recursive: true, force: true });
if (watch) {
  for (const target of targets) await (await context({ ...target, plugins: [watchMarkers] })).watch();
} else {
  await Promise.all(targets.map(target => build(target)));
}
