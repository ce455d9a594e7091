import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../../support/paths.ts';
import { builds, versionNamed } from '../../support/vscodeServer.ts';

describe('the VS Code that a test asks for', () => {
  it('is the latest one, or an older one by any of its names', () => {
    for (const name of [undefined, '', 'latest', '1.139']) assert.equal(versionNamed(name), 'latest');
    for (const name of ['cursor', '1.105', '1.105.1']) assert.equal(versionNamed(name), 'cursor');
    for (const name of ['lowest', '1.103', '1.103.2']) assert.equal(versionNamed(name), 'lowest');
  });

  it('is never another one than was named', () => {
    for (const name of ['1.10', '1', '1.105.0']) assert.throws(() => versionNamed(name), /is not prepared/);
    assert.throws(() => versionNamed('1.120'), /VS Code 1\.120 .* take 1\.139, 1\.105, 1\.103\./);
  });

  it('is the lowest that the manifest allows', async () => {
    const { engines, devDependencies } = JSON.parse(
      await readFile(path.join(repository, 'package.json'), 'utf8'),
    );
    const minor = builds.lowest.vscode.replace(/\.\d+$/, '.0');
    assert.equal(engines.vscode, `^${minor}`);
    assert.equal(devDependencies['@types/vscode'], `~${minor}`);
  });
});
