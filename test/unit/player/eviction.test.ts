import assert from 'node:assert/strict';
import fc from 'fast-check';
import { filesToEvict, type CachedFile } from '../../../src/workbench/player/eviction.ts';

const NOW = 1_000_000_000;
const LIMITS = { bytes: 100, age: 10_000, grace: 100 };
const file = (name: string, bytes: number, unused: number): CachedFile => ({
  name,
  bytes,
  usedAt: NOW - unused,
});

describe('eviction of playback copies', () => {
  it('keeps everything while it is little and young', () => {
    assert.deepEqual(filesToEvict([file('a', 50, 9000), file('b', 50, 200)], NOW, LIMITS), []);
  });

  it('deletes what was not used for long', () => {
    assert.deepEqual(filesToEvict([file('a', 1, 10_001), file('b', 1, 10_000)], NOW, LIMITS), ['a']);
  });

  it('deletes the longest unused until the rest fits', () => {
    const files = [file('b', 40, 3000), file('a', 40, 4000), file('c', 40, 2000), file('d', 40, 1000)];
    assert.deepEqual(filesToEvict(files, NOW, LIMITS), ['a', 'b']);
  });

  it('keeps what may be playing in some window, however large', () => {
    assert.deepEqual(filesToEvict([file('a', 500, 99), file('b', 1, 5000)], NOW, LIMITS), ['b']);
  });

  it('deletes what an interrupted conversion left', () => {
    assert.deepEqual(filesToEvict([file('a.part', 1, 101), file('b.part', 1, 99)], NOW, LIMITS), ['a.part']);
  });

  it('always ends within the limits, but for what may be playing', () => {
    const files = fc.array(
      fc
        .record({ bytes: fc.nat(60), unused: fc.nat(20_000) })
        .map(({ bytes, unused }) => file('', bytes, unused)),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(files, unnamed => {
        const all = unnamed.map((one, index) => ({ ...one, name: `${index}.mp4` }));
        const gone = new Set(filesToEvict(all, NOW, LIMITS));
        const left = all.filter(({ name, usedAt }) => !gone.has(name) && NOW - usedAt > LIMITS.grace);
        const playing = all.filter(({ usedAt }) => NOW - usedAt <= LIMITS.grace);
        assert.ok(left.every(({ usedAt }) => NOW - usedAt <= LIMITS.age));
        const total = [...left, ...playing].reduce((sum, { bytes }) => sum + bytes, 0);
        assert.ok(left.length === 0 || total <= LIMITS.bytes);
      }),
    );
  });
});
