import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_BATCH, lookTogether } from '../../../src/tasks/scheduleShared.ts';

describe('lookTogether', () => {
  it('asks for nobody while nobody is due', () => {
    assert.deepEqual(lookTogether([{ id: 'a', from: 0, at: 11 }], 10), []);
    assert.deepEqual(lookTogether([], 10), []);
  });

  it('takes along those whose time is near, the longest overdue first', () => {
    const looks = [
      { id: 'near', from: 9, at: 12 },
      { id: 'due', from: 8, at: 10 },
      { id: 'overdue', from: 1, at: 2 },
      { id: 'far', from: 11, at: 30 },
    ];
    assert.deepEqual(lookTogether(looks, 10), ['overdue', 'due', 'near']);
    assert.deepEqual(lookTogether(looks, 10, 1), ['overdue']);
  });

  it('asks for at most fifty, each once, and comes round to all', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100), fc.nat(20)), { maxLength: 300 }), times => {
        let looks = times.map(([from, wait], i) => ({ id: String(i % 250), from, at: from + wait }));
        const asked: string[] = [];
        for (;;) {
          const ids = lookTogether(looks, 200);
          assert.ok(ids.length <= MAX_BATCH);
          if (ids.length === 0) break;
          asked.push(...ids);
          looks = looks.filter(look => !ids.includes(look.id));
        }
        assert.equal(new Set(asked).size, asked.length);
        assert.equal(asked.length, Math.min(250, times.length));
      }),
    );
  });
});
