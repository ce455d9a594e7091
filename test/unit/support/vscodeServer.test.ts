import assert from 'node:assert/strict';
import { versionNamed } from '../../support/vscodeServer.ts';

describe('the VS Code that a test asks for', () => {
  it('is the latest one, or the lowest by any of its names', () => {
    for (const name of [undefined, '', 'latest']) assert.equal(versionNamed(name), 'latest');
    for (const name of ['lowest', '1.110', '1.110.0']) assert.equal(versionNamed(name), 'lowest');
  });

  it('is never another one than was named', () => {
    assert.throws(() => versionNamed('1.11'), /VS Code 1\.11 is not prepared/);
    assert.throws(() => versionNamed('1.120'), /"latest" or "1\.110"/);
  });
});
