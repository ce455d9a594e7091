import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { resolveOutputFolder } from '../../../src/videos/folder.ts';
import { temporaryFolder } from './temporary.ts';

describe('resolveOutputFolder', () => {
  const base = temporaryFolder();
  let root: string;

  beforeEach(async () => {
    root = path.join(base(), 'workspace');
    await fs.mkdir(path.join(root, 'present'), { recursive: true });
    await fs.mkdir(path.join(base(), 'elsewhere'));
    await fs.writeFile(path.join(root, 'file'), '');
  });

  async function resolve(relative: string): Promise<string> {
    const found = await resolveOutputFolder(root, relative);
    return found.kind === 'folder'
      ? path.relative(root, found.path).split(path.sep).join('/')
      : found.problem;
  }

  it('stays inside the workspace folder', async () => {
    assert.equal(await resolve('videos'), 'videos');
    assert.equal(await resolve('present/deep/er'), 'present/deep/er');
    assert.equal(await resolve('a\\b'), 'a/b');
    assert.equal(await resolve('./a//b/../c/'), 'a/c');
    assert.equal(await resolve(''), '');
    assert.equal(await resolve('비디오/動画'), '비디오/動画');
  });

  it('refuses ways out', async () => {
    for (const relative of [
      '..',
      '../x',
      'a/../../x',
      '..\\x',
      '/etc',
      '\\\\server\\share',
      'C:\\x',
      'c:x',
      '~/x',
    ]) {
      assert.equal(await resolve(relative), 'outside', relative);
    }
  });

  it('refuses symbolic links that lead out, and follows those that stay', async () => {
    await fs.symlink(path.join(base(), 'elsewhere'), path.join(root, 'out'));
    await fs.symlink(path.join(base(), 'nowhere'), path.join(root, 'dangling'));
    await fs.symlink('present', path.join(root, 'in'));
    assert.equal(await resolve('out'), 'outside');
    assert.equal(await resolve('out/deeper'), 'outside');
    assert.equal(await resolve('dangling'), 'outside');
    assert.equal(await resolve('in/deeper'), 'in/deeper');
  });

  it('takes a workspace folder that is itself a link', async () => {
    const link = path.join(base(), 'link');
    await fs.symlink(root, link);
    assert.deepEqual(await resolveOutputFolder(link, 'present'), {
      kind: 'folder',
      path: path.join(link, 'present'),
    });
  });

  it('refuses names that some system does not take', async () => {
    for (const relative of ['con', 'nul.x/y', 'x/a:b', 'what?', 'end. ', 'x\0y', `a/${'x'.repeat(256)}`]) {
      assert.equal(await resolve(relative), 'badName', relative);
    }
  });

  it('tells a file on the way and a workspace that is gone', async () => {
    assert.equal(await resolve('file'), 'notAFolder');
    assert.equal(await resolve('file/x'), 'notAFolder');
    await fs.rm(root, { recursive: true });
    assert.equal(await resolve('videos'), 'workspaceMissing');
  });
});
