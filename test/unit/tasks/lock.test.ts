import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { mock } from 'node:test';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessLock } from '../../../src/tasks/lock.ts';

/** Does something just between the opening of the file and the locking of it, so many times. */
function betweenOpeningAndLocking(times: number, act: () => void): void {
  class Disturbed extends DatabaseSync {
    override exec(sql: string): void {
      if (times-- > 0) act();
      super.exec(sql);
    }
  }
  mock.method(process, 'getBuiltinModule', () => ({ DatabaseSync: Disturbed }));
}

describe('ProcessLock', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-'));
    file = join(folder, 'l.db');
  });
  afterEach(async () => {
    mock.restoreAll();
    await rm(folder, { recursive: true });
  });

  it('is held by one at a time and free after release', () => {
    const [a, b] = [new ProcessLock(file), new ProcessLock(file)];
    assert.equal(a.tryAcquire(), true);
    assert.equal(b.tryAcquire(), false);
    assert.equal(b.held, false);
    a.release();
    assert.equal(b.tryAcquire(), true);
    b.release();
  });

  it('is not held any more when its file was removed', () => {
    const [a, b] = [new ProcessLock(file), new ProcessLock(file)];
    a.tryAcquire();
    rmSync(file);
    assert.equal(b.tryAcquire(), true);
    assert.equal(a.held, false);
    assert.equal(a.tryAcquire(), false);
    b.release();
  });

  for (const times of [1, 2]) {
    it(`is taken anew where its file was removed between opening and locking, ${times} times`, () => {
      const [a, b] = [new ProcessLock(file), new ProcessLock(file)];
      betweenOpeningAndLocking(times, () => rmSync(file));
      assert.equal(a.tryAcquire(), true);
      assert.equal(a.held, true);
      assert.equal(b.tryAcquire(), false, 'nobody else may get it');
      a.release();
    });
  }

  it('is left to who locked the file that came in place of the one that was opened', () => {
    const [a, b] = [new ProcessLock(file), new ProcessLock(file)];
    let isTaken = false;
    betweenOpeningAndLocking(1, () => {
      rmSync(file);
      isTaken = b.tryAcquire();
    });
    assert.equal(a.tryAcquire(), false);
    assert(isTaken && b.held && !a.held);
    b.release();
  });

  it('is not held where its file is removed each time', () => {
    const lock = new ProcessLock(file);
    betweenOpeningAndLocking(Infinity, () => rmSync(file));
    assert.equal(lock.tryAcquire(), false);
    assert.equal(lock.held, false);
  });

  it('takes its file away when it ends, but never the file of another', () => {
    const [a, b] = [new ProcessLock(file), new ProcessLock(file)];
    a.tryAcquire();
    a.releaseAndRemove();
    assert(!existsSync(file));
    a.tryAcquire();
    rmSync(file);
    b.tryAcquire();
    a.releaseAndRemove();
    assert(b.held);
    b.release();
  });
});
