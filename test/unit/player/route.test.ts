import assert from 'node:assert/strict';
import { firstRoute, isSilent, nextRoute } from '../../../src/player/route.ts';

describe('the route of the sound', () => {
  it('is the file itself where it can be decoded or has nothing to decode', () => {
    for (const sound of ['none', 'aac', 'other', 'unknown'] as const)
      assert.equal(firstRoute(sound, true), 'original');
    assert.equal(firstRoute('none', false), 'original');
    assert.equal(firstRoute('other', false), 'original');
  });

  it('is a copy where AAC cannot be decoded, and where the file does not tell', () => {
    assert.equal(firstRoute('aac', false), 'copy');
    assert.equal(firstRoute('unknown', false), 'copy');
  });

  it('ends in silence, after a copy and Web Audio', () => {
    assert.equal(nextRoute('original', 'aac'), 'copy');
    assert.equal(nextRoute('copy', 'aac'), 'webAudio');
    assert.equal(nextRoute('webAudio', 'aac'), 'silent');
    assert.equal(nextRoute('silent', 'aac'), 'silent');
  });

  it('ends in silence at once where the sound is not AAC: nothing else is decoded here', () => {
    assert.equal(nextRoute('original', 'other'), 'silent');
    assert.ok(isSilent('other', 'original', 0.5, 0));
    assert.ok(!isSilent('other', 'original', 0.5, 1));
    assert.ok(!isSilent('other', 'silent', 5, 0));
  });

  it('has failed when half a second was played and nothing decoded', () => {
    assert.ok(isSilent('aac', 'original', 0.5, 0));
    assert.ok(isSilent('aac', 'copy', 0.6, 0));
    assert.ok(!isSilent('aac', 'copy', 0.4, 0));
    assert.ok(!isSilent('aac', 'copy', 0.6, 1));
  });

  it('has not failed where silence is right or cannot be told', () => {
    assert.ok(!isSilent('none', 'original', 5, 0));
    assert.ok(!isSilent('unknown', 'copy', 5, 0));
    assert.ok(!isSilent('aac', 'webAudio', 5, 0));
    assert.ok(!isSilent('aac', 'copy', 5, undefined));
  });
});
