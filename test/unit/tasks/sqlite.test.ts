import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { openDatabase, SqliteMissing } from '../../../src/tasks/sqlite.ts';

describe('openDatabase', () => {
  afterEach(() => mock.restoreAll());

  it('opens a database that can be asked what it needs', () => {
    const database = openDatabase(':memory:', 7);
    assert.equal(database.isTransaction, false);
    assert.deepEqual({ ...database.prepare('PRAGMA busy_timeout').get() }, { timeout: 7 });
    database.close();
  });

  const hosts: readonly [string, () => unknown][] = [
    ['has no SQLite', () => undefined],
    [
      'lists SQLite and can’t load it',
      () => {
        throw new Error('No such binding: sqlite');
      },
    ],
  ];
  for (const [what, getBuiltinModule] of hosts) {
    it(`says so where Node ${what}`, () => {
      mock.method(process, 'getBuiltinModule', getBuiltinModule);
      assert.throws(() => openDatabase(':memory:'), SqliteMissing);
    });
  }

  it('says so where SQLite lacks what is needed, and leaves nothing open', () => {
    let open = 0;
    // As in Node 22.15, which comes with VS Code 1.101 and 1.102.
    class Old {
      constructor() {
        open += 1;
      }
      close(): void {
        open -= 1;
      }
    }
    mock.method(process, 'getBuiltinModule', () => ({ DatabaseSync: Old }));
    assert.throws(() => openDatabase(':memory:'), SqliteMissing);
    assert.equal(open, 0);
  });
});
