import assert from 'node:assert/strict';
import { creditsToUsd, estimateCost, knownCost, PRICE_TABLE } from '../../../src/evolink/pricing.ts';
import type { GenerationRequest } from '../../../src/evolink/request.ts';

const REQUEST: GenerationRequest = {
  model: 'seedance-2.0-text-to-video',
  prompt: 'a frog',
  duration: 5,
  quality: '720p',
  aspect_ratio: '16:9',
  generate_audio: true,
  content_filter: true,
};

function credits(change: Partial<GenerationRequest>): number | undefined {
  return estimateCost({ ...REQUEST, ...change })?.credits;
}

describe('pricing', () => {
  it('multiplies seconds, tier and quality', () => {
    assert.deepEqual(estimateCost(REQUEST), {
      credits: 67.5,
      usd: 0.9926,
      from: false,
      priceDate: PRICE_TABLE.date,
    });
    assert.equal(credits({ duration: 8 }), 108);
    assert.equal(credits({ model: 'seedance-2.0-mini-text-to-video', duration: 4, quality: '480p' }), 5.022);
    assert.equal(credits({ model: 'seedance-2.0-fast-text-to-video' }), 41.0065);
    assert.equal(credits({ quality: '1080p' }), 168.75);
    assert.equal(credits({ quality: '4k', duration: 15 }), 1032.75);
  });

  it('never goes below the minimum of the tier', () => {
    const cheapest = [
      ['seedance-2.0-text-to-video', 25.11],
      ['seedance-2.0-fast-text-to-video', 15.2544],
      ['seedance-2.0-mini-text-to-video', 5.022],
    ] as const;
    for (const [model, expected] of cheapest) {
      assert.equal(credits({ model, duration: 4, quality: '480p' }), expected);
    }
    // Below the shortest length that EvoLink takes, only the minimum is left.
    assert.equal(credits({ duration: 1, quality: '480p' }), 25.002);
  });

  it('adds a tenth without the content filter and nothing for sound', () => {
    assert.equal(credits({ content_filter: false }), 74.25);
    assert.equal(credits({ generate_audio: false }), 67.5);
  });

  it('is a lowest price with web search, which may be charged several times', () => {
    assert.equal(estimateCost({ ...REQUEST, model_params: { web_search: true } })?.from, true);
    assert.equal(estimateCost({ ...REQUEST, model_params: { web_search: false } })?.from, false);
  });

  it('is not known, and not zero, for a model without a price', () => {
    assert.equal(credits({ model: 'seedance-2.0-image-to-video' }), undefined);
    assert.equal(credits({ model: 'seedance-9' }), undefined);
  });

  it('is dated', () => {
    assert.match(PRICE_TABLE.date, /^\d{4}-\d{2}-\d{2}$/);
  });

  it('gives way to the reservation and then to the charge', () => {
    assert.deepEqual(knownCost({ estimated: 67.5 }), { credits: 67.5, usd: 0.9926, source: 'estimated' });
    assert.deepEqual(knownCost({ estimated: 67.5, reserved: 68 }), {
      credits: 68,
      usd: 1,
      source: 'reserved',
    });
    assert.deepEqual(knownCost({ reserved: 68, charged: 34 }), { credits: 34, usd: 0.5, source: 'charged' });
    assert.equal(knownCost({}), undefined);
    assert.equal(creditsToUsd(340), 5);
  });
});
