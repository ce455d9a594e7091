import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { promptAdvice } from '../../../src/evolink/promptAdvice.ts';
import { buildRequest } from '../../../src/evolink/request.ts';
import type { GenerationRequest, RequestOptions, RequestProblem } from '../../../src/evolink/request.ts';

function request(options: RequestOptions, prompt = 'a frog'): GenerationRequest {
  const built = buildRequest(prompt, options);
  assert.ok('request' in built, JSON.stringify(built));
  return built.request;
}

function problems(options: RequestOptions, prompt = 'a frog'): readonly RequestProblem[] {
  const built = buildRequest(prompt, options);
  assert.ok('problems' in built, JSON.stringify(built));
  return built.problems;
}

function warnings(options: RequestOptions): unknown {
  const built = buildRequest('a frog', options);
  return 'warnings' in built && built.warnings;
}

function adviceKinds(prompt: string): readonly string[] {
  return promptAdvice(prompt).map(({ kind }) => kind);
}

describe('request', () => {
  it('fills in the defaults of the reference and always names the ratio', () => {
    const defaults = {
      model: 'seedance-2.0-text-to-video',
      prompt: 'a frog',
      duration: 5,
      quality: '720p',
      aspect_ratio: '16:9',
      generate_audio: true,
      content_filter: true,
    };
    assert.deepEqual(request({}), defaults);
    const unset = { model: null, duration: undefined, quality: null, aspectRatio: null, generateAudio: null };
    assert.deepEqual(
      request({ ...unset, contentFilter: null, webSearch: null, callbackUrl: null }),
      defaults,
    );
  });

  it('sends every field of the reference', () => {
    const options = {
      model: 'seedance-2.0-fast-text-to-video',
      duration: 15,
      quality: '480p',
      aspectRatio: 'adaptive',
      generateAudio: false,
      webSearch: true,
      callbackUrl: ' https://example.com/hook?a=1 ',
    };
    assert.deepEqual(request(options), {
      model: 'seedance-2.0-fast-text-to-video',
      prompt: 'a frog',
      duration: 15,
      quality: '480p',
      aspect_ratio: 'adaptive',
      generate_audio: false,
      content_filter: true,
      model_params: { web_search: true },
      callback_url: 'https://example.com/hook?a=1',
    });
    assert.equal(request({ contentFilter: false }).content_filter, false);
  });

  it('leaves out what was not asked for', () => {
    assert.deepEqual(Object.keys(request({ webSearch: false, callbackUrl: '' })), Object.keys(request({})));
  });

  it('refuses other models and names the one that was probably meant', () => {
    const allowed = [
      'seedance-2.0-text-to-video',
      'seedance-2.0-fast-text-to-video',
      'seedance-2.0-mini-text-to-video',
    ];
    const field = 'model';
    assert.deepEqual(problems({ model: 'sora' }), [{ field, kind: 'notAllowed', allowed }]);
    assert.deepEqual(problems({ model: 'seedance-2.0' }), [
      { field, kind: 'notAllowed', allowed, suggestion: 'seedance-2.0-text-to-video' },
    ]);
    assert.deepEqual(problems({ model: ' Seedance-2.0-Mini-text-to-video' }), [
      { field, kind: 'notAllowed', allowed, suggestion: 'seedance-2.0-mini-text-to-video' },
    ]);
    assert.deepEqual(problems({ model: 'seedance-2.0-image-to-video' }), [
      { field, kind: 'notOffered', allowed, model: 'seedance-2.0-image-to-video' },
    ]);
    assert.deepEqual(problems({ model: 7 }), [{ field, kind: 'type', expected: 'text', allowed }]);
  });

  it('takes whole seconds from 4 to 15', () => {
    for (let seconds = 4; seconds <= 15; seconds += 1)
      assert.equal(request({ duration: seconds }).duration, seconds);
    for (const duration of [3, 16, -1, 0, 5.5, NaN, Infinity]) {
      const model = 'seedance-2.0-text-to-video';
      assert.deepEqual(problems({ duration }), [
        { field: 'duration', kind: 'range', min: 4, max: 15, model },
      ]);
    }
    assert.deepEqual(problems({ duration: '8' }), [
      { field: 'duration', kind: 'type', expected: 'wholeNumber', min: 4, max: 15 },
    ]);
  });

  it("holds quality and ratio against the model's row, exactly spelled", () => {
    assert.equal(request({ quality: '4k' }).quality, '4k');
    const mini = 'seedance-2.0-mini-text-to-video';
    assert.deepEqual(problems({ model: mini, quality: '1080p' }), [
      { field: 'quality', kind: 'notAllowed', allowed: ['480p', '720p'], model: mini },
    ]);
    assert.equal(problems({ quality: '1080P' })[0]?.suggestion, '1080p');
    assert.equal(problems({ aspectRatio: 'Adaptive ' })[0]?.suggestion, 'adaptive');
    assert.deepEqual(problems({ aspectRatio: '2:1' })[0]?.allowed?.length, 7);
    assert.equal(problems({ aspectRatio: 1 })[0]?.kind, 'type');
  });

  it('takes only booleans for switches', () => {
    for (const field of ['generateAudio', 'contentFilter', 'webSearch'] as const) {
      assert.deepEqual(problems({ [field]: 'false' }), [{ field, kind: 'type', expected: 'boolean' }]);
    }
  });

  it('refuses web search where the model has none or the content filter is off', () => {
    const mini = 'seedance-2.0-mini-text-to-video';
    assert.deepEqual(problems({ model: mini, webSearch: true }), [
      { field: 'webSearch', kind: 'notAllowed', allowed: [false], model: mini },
    ]);
    assert.equal(request({ model: mini, webSearch: false }).model_params, undefined);
    assert.deepEqual(problems({ webSearch: true, contentFilter: false }), [
      { field: 'webSearch', kind: 'conflict', other: 'contentFilter' },
    ]);
  });

  it('refuses media, which a text model does not take', () => {
    for (const field of ['imageUrls', 'videoUrls', 'audioUrls'] as const) {
      assert.deepEqual(problems({ [field]: ['https://example.com/1.png'] }), [
        { field, kind: 'notSupported', model: 'seedance-2.0-text-to-video' },
      ]);
    }
  });

  it('names everything that is wrong at once', () => {
    const wrong = {
      model: 'x',
      duration: 99,
      quality: 'x',
      aspectRatio: 'x',
      generateAudio: 1,
      callbackUrl: 'x',
    };
    assert.deepEqual(
      problems(wrong, ' \n').map(({ field }) => field),
      ['prompt', 'model', 'duration', 'quality', 'aspectRatio', 'generateAudio', 'callbackUrl'],
    );
  });

  it('warns of the price without the filter and of charged searches', () => {
    assert.deepEqual(warnings({}), []);
    assert.deepEqual(warnings({ contentFilter: false }), [{ kind: 'contentFilterOff', priceFactor: 1.1 }]);
    assert.deepEqual(warnings({ webSearch: true }), [{ kind: 'webSearchCharged', creditsEach: 0.04 }]);
  });

  it('keeps half a surrogate pair from changing on the way', () => {
    assert.equal(request({}, 'a\ud800b').prompt, 'a\ufffdb');
    assert.equal(request({}, '🐸').prompt, '🐸');
  });
});

describe('advice on a prompt', () => {
  const rows = readFileSync(new URL('../../fixtures/prompts/prompts.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line): { prompt: string; tags: string[] } => JSON.parse(line));

  it('finds the reference tags of real prompts, also where a letter touches them', () => {
    assert.ok(rows.length > 30);
    for (const { prompt, tags } of rows) {
      const found = promptAdvice(prompt).flatMap(advice =>
        advice.kind === 'referenceTags' ? advice.tags : [],
      );
      assert.deepEqual(new Set(found), new Set(tags), prompt);
    }
    assert.deepEqual(promptAdvice('@image1의 고양이, @图片2作为首帧'), [
      { kind: 'referenceTags', tags: ['@image1', '@图片2'] },
    ]);
  });

  it('counts Chinese characters and words as the reference advises', () => {
    assert.deepEqual(promptAdvice('蛙'.repeat(500)), []);
    assert.deepEqual(promptAdvice('蛙'.repeat(501)), [
      { kind: 'promptLong', unit: 'chineseCharacters', count: 501, advised: 500 },
    ]);
    assert.deepEqual(promptAdvice('frog '.repeat(1000)), []);
    assert.deepEqual(promptAdvice('frog '.repeat(1001)), [
      { kind: 'promptLong', unit: 'words', count: 1001, advised: 1000 },
    ]);
    for (const word of ['don’t', "it's", 'slow-motion', '(frog),', 'हिन्दी', 'cafe\u0301', 'מִלָּה']) {
      assert.deepEqual(promptAdvice(`${word} – `.repeat(1000)), [], word);
      assert.equal(promptAdvice(`${word}\n`.repeat(1001)).length, 1, word);
    }
  });

  it('says when a prompt is probably over 10,000 tokens', () => {
    assert.deepEqual(adviceKinds('-'.repeat(40_000)), []);
    assert.deepEqual(adviceKinds('-'.repeat(40_001)), ['promptTooLong']);
    assert.deepEqual(adviceKinds('蛙'.repeat(10_001)), ['promptLong', 'promptTooLong']);
  });
});
