import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Setting {
  readonly default: unknown;
  readonly scope: string;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Record<string, readonly { readonly command?: string; readonly when?: string }[]>;
    readonly views: Record<string, readonly { readonly id: string }[]>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string }[] };
    readonly customEditors: readonly { readonly viewType: string; readonly priority: string }[];
    readonly configuration: { readonly properties: Record<string, Setting> };
  };
}

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

const manifestText = read('package.json');
const manifest: Manifest = JSON.parse(manifestText);
const strings: Record<string, string> = JSON.parse(read('package.nls.json'));
const readme = read('README.md');
const { contributes } = manifest;
const commands = contributes.commands.map(({ command }) => command);
const settings = Object.entries(contributes.configuration.properties);

/** Rows of the README's table under a heading, as cells without backticks. */
function table(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim().replaceAll(/^`|`$/g, '')),
    );
}

describe('package.json', () => {
  it('names each string of package.nls.json, and no other', () => {
    const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
    assert.deepEqual(used, new Set(Object.keys(strings)));
    for (const [key, text] of Object.entries(strings)) assert.notEqual(text.trim(), '', key);
  });

  it('has each command once, with a title of its own', () => {
    assert.equal(new Set(commands).size, commands.length);
    for (const { command, title } of contributes.commands)
      assert.equal(title, `%command.${command.replace('seedance.', '')}.title%`);
  });

  it('has the commands, the view and the player that others rely on', () => {
    const names =
      'generate generateFromSelection setApiKey removeApiKey showCredits play openSource revealVideo copyPrompt copyTaskId copyMarkdown generateAgain editAndGenerate stopFollowing resumeFollowing checkOutcome sendAgain downloadAgain removeTask clearFinished refresh startDemo stopDemo showLog';
    const missing = names.split(' ').filter(name => !commands.includes(`seedance.${name}`));
    assert.deepEqual(missing, []);
    assert.deepEqual(
      contributes.views['seedance']?.map(({ id }) => id),
      ['seedance.tasks'],
    );
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      ['seedance'],
    );
    assert.deepEqual(
      contributes.customEditors.map(({ viewType, priority }) => [viewType, priority]),
      [['seedance.player', 'option']],
    );
  });

  it('has nothing but its own commands in its menus, buttons and links', () => {
    const inMenus = Object.values(contributes.menus).flatMap(entries => entries.map(entry => entry.command));
    const inStrings = Object.values(strings).flatMap(text =>
      [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command),
    );
    for (const command of [...inMenus, ...inStrings]) assert(commands.includes(command ?? ''), command);
  });

  it('shows in the menu of a row only words that a row can have', () => {
    const tree = read('src/workbench/taskTree.ts') + read('src/tasks/task.ts');
    for (const { when } of contributes.menus['view/item/context'] ?? []) {
      const word = /\\b(\w+)\\b/.exec(when ?? '')?.[1];
      assert(word !== undefined && tree.includes(`'${word}'`), when);
    }
  });

  it('lets no workspace redirect or spend', () => {
    for (const name of [
      'apiBaseUrl',
      'confirmCost',
      'costLimit',
      'gestureLimit',
      'unattendedLimit',
      'callbackUrl',
      'maxConcurrentTasks',
    ])
      assert.equal(contributes.configuration.properties[`seedance.${name}`]?.scope, 'application', name);
  });
});

describe('README', () => {
  it('has all settings with their defaults', () => {
    assert.deepEqual(
      table('Settings').map(([name, value]) => [name, value]),
      settings.map(([name, setting]) => [name, String(setting.default)]),
    );
  });

  it('names commands as the palette does', () => {
    const titles = new Set(
      contributes.commands.map(({ title }) => strings[title.replaceAll('%', '')] ?? title),
    );
    const rows = table('Commands').map(([name = '']) => name);
    assert(rows.length > 5);
    for (const row of rows) {
      // "Start and Stop Demo" stands for two.
      const [first = '', last] = row.split(' and ');
      const object = row.split(' ').at(-1) ?? '';
      const names =
        last === undefined || titles.has(row)
          ? row.split(', ')
          : [first.includes(' ') ? first : `${first} ${object}`, last];
      for (const name of names) assert(titles.has(name), name);
    }
  });
});
