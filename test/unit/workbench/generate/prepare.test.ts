import assert from 'node:assert/strict';
import { prepare, type Prepared, type PrepareInput } from '../../../../src/workbench/generate/prepare.ts';

const OWN = {
  model: 'seedance-2.0-text-to-video',
  duration: 5,
  quality: '720p',
  aspectRatio: '16:9',
  generateAudio: true,
  contentFilter: true,
  webSearch: false,
  callbackUrl: undefined,
};

function prepared(changes: Partial<PrepareInput>): Prepared {
  const result = prepare({ text: 'A frog.', given: {}, settings: OWN, own: OWN, isFile: false, ...changes });
  assert('request' in result, JSON.stringify(result));
  return result;
}

describe('preparing a request', () => {
  it('takes null and undefined for the setting, not for EvoLink’s default', () => {
    const settings = { ...OWN, quality: '480p', duration: 7 };
    const { request } = prepared({ given: { quality: null, duration: undefined }, settings, own: settings });
    assert.deepEqual([request.quality, request.duration], ['480p', 7]);
  });

  it('counts one web search in', () => {
    assert.equal(prepared({}).credits, 67.5);
    assert.equal(prepared({ given: { webSearch: true } }).credits, 67.54);
  });

  it('names the options of a workspace that make it dearer, and the price without them', () => {
    const settings = { ...OWN, quality: '4k', duration: 15, aspectRatio: '9:16' };
    const { credits, dearer } = prepared({ settings });
    assert.equal(credits, 1032.75);
    assert.deepEqual(dearer, { options: ['duration', 'quality'], ownCredits: 67.5 });
    // Each of them alone is found.
    for (const [name, value] of [
      ['quality', '1080p'],
      ['duration', 6],
      ['contentFilter', false],
      ['webSearch', true],
    ] as const)
      assert.deepEqual(prepared({ settings: { ...OWN, [name]: value } }).dearer?.options, [name]);
    const fast = { ...OWN, model: 'seedance-2.0-fast-text-to-video' };
    assert.deepEqual(prepared({ own: fast }).dearer?.options, ['model']);
  });

  it('says nothing of options that cost the same or less, or that the caller named', () => {
    assert.equal(prepared({ settings: { ...OWN, quality: '480p', generateAudio: false } }).dearer, undefined);
    assert.equal(prepared({ given: { quality: '4k' } }).dearer, undefined);
    assert.equal(
      prepared({ given: { quality: '480p' }, settings: { ...OWN, quality: '4k' } }).dearer,
      undefined,
    );
  });

  it('takes what a file says for nobody’s own word', () => {
    const { dearer } = prepared({ given: { quality: '1080p' }, isFile: true });
    assert.deepEqual(dearer, { options: ['quality'], ownCredits: 67.5 });
  });

  it('takes it for dearer where the user’s own settings make no request to compare with', () => {
    const own = { ...OWN, quality: '8k' };
    assert.deepEqual(prepared({ own }).dearer, { options: ['quality'], ownCredits: undefined });
  });

  it('tells of a callback that is not the user’s setting', () => {
    const mine = { ...OWN, callbackUrl: 'https://example.com/hook' };
    assert.equal(prepared({ settings: mine, own: mine }).otherCallback, undefined);
    const given = { callbackUrl: 'https://example.org/' };
    assert.equal(prepared({ settings: mine, own: mine, given }).otherCallback, 'https://example.org/');
    assert.equal(prepared({ given: { callbackUrl: '' } }).otherCallback, undefined);
  });
});
