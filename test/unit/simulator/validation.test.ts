import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OFFERED_MODELS } from '../../../src/evolink/models.ts';
import { priceOf } from '../../../src/simulator/generation.ts';
import { validate } from '../../../src/simulator/validation.ts';
import { call, create, startTestSimulator, VALID_REQUEST } from '../../support/simulatorClient.ts';

function refusedField(changes: Readonly<Record<string, unknown>>): string | undefined {
  const result = validate({ ...VALID_REQUEST, ...changes });
  return 'problem' in result ? result.problem.param : undefined;
}

const FAST = 'seedance-2.0-fast-text-to-video';
const MINI = 'seedance-2.0-mini-text-to-video';

describe('simulator: validation', () => {
  it('fills in the defaults of the reference', () => {
    const result = validate({ model: 'seedance-2.0-text-to-video', prompt: 'a' });
    assert.ok(!('problem' in result));
    const { model, ...rest } = result;
    assert.equal(model.id, 'seedance-2.0-text-to-video');
    assert.deepEqual(rest, {
      prompt: 'a',
      duration: 5,
      quality: '720p',
      aspectRatio: '16:9',
      audio: true,
      contentFilter: true,
      webSearch: false,
    });
  });

  it('accepts every quality, ratio and duration of every model that is offered', () => {
    for (const { id, qualities, aspectRatios, duration } of OFFERED_MODELS) {
      for (const quality of qualities) assert.equal(refusedField({ model: id, quality }), undefined);
      for (const aspect_ratio of aspectRatios)
        assert.equal(refusedField({ model: id, aspect_ratio }), undefined);
      for (let seconds = duration.min; seconds <= duration.max; seconds++) {
        assert.equal(refusedField({ model: id, duration: seconds }), undefined);
      }
    }
  });

  const refused: readonly (readonly [field: string, changes: Readonly<Record<string, unknown>>])[] = [
    ['model', { model: undefined }],
    ['model', { model: 'seedance-2.0' }],
    ['model', { model: 7 }],
    ['prompt', { prompt: undefined }],
    ['prompt', { prompt: ' \n' }],
    ['prompt', { prompt: ['a'] }],
    ['prompt', { prompt: '蛙'.repeat(10_001) }],
    ['prompt', { prompt: 'frog'.repeat(10_001) }],
    ['duration', { duration: 3 }],
    ['duration', { duration: 16 }],
    ['duration', { duration: 5.5 }],
    ['duration', { duration: '5' }],
    ['duration', { duration: null }],
    ['quality', { quality: '1080P' }],
    ['quality', { model: FAST, quality: '1080p' }],
    ['quality', { model: MINI, quality: '4k' }],
    ['aspect_ratio', { aspect_ratio: '2:1' }],
    ['generate_audio', { generate_audio: 'true' }],
    ['content_filter', { content_filter: 1 }],
    ['content_filter', { content_filter: false, model_params: { web_search: true } }],
    ['model_params', { model_params: true }],
    ['model_params.web_search', { model_params: { web_search: 'yes' } }],
    ['model_params.web_search', { model: MINI, model_params: { web_search: false } }],
    ['model_params.seed', { model_params: { seed: 1 } }],
    ['image_urls', { image_urls: [] }],
    ['video_urls', { video_urls: ['https://example.com/a.mp4'] }],
    ['audio_urls', { audio_urls: ['https://example.com/a.mp3'] }],
    ['image_urls', { model: 'seedance-2.0-image-to-video' }],
    ['image_urls', { model: 'seedance-2.0-image-to-video', image_urls: ['data:image/png;base64,AA=='] }],
    ['image_urls', { model: 'seedance-2.0-reference-to-video', audio_urls: ['https://example.com/a.mp3'] }],
    ['callback_url', { callback_url: 'http://example.com/' }],
    ['callback_url', { callback_url: 'example.com' }],
    ['callback_url', { callback_url: `https://example.com/${'a'.repeat(2048)}` }],
    ...[
      'localhost',
      'localhost.',
      'a.localhost',
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[fe80::1]',
      '[fd00::1]',
      '[::ffff:127.0.0.1]',
    ].map(host => ['callback_url', { callback_url: `https://${host}/hook` }] as const),
  ];
  for (const [field, changes] of refused) {
    const shown = JSON.stringify(changes);
    it(`refuses ${shown.length > 80 ? shown.slice(0, 80) + '…' : shown}`, () => {
      assert.equal(refusedField(changes), field);
    });
  }

  it('accepts what lies just inside of the limits', () => {
    for (const changes of [
      { prompt: '蛙'.repeat(10_000) },
      { prompt: 'frog'.repeat(10_000) },
      { content_filter: false },
      { content_filter: false, model_params: { web_search: false } },
      { model: FAST, model_params: { web_search: true } },
      { model_params: {} },
      { callback_url: 'https://172.32.0.1/hook' },
      { callback_url: 'https://[2606:4700::1]:8443/hook' },
      { callback_url: `https://example.com/${'a'.repeat(2028)}` },
      { model: 'seedance-2.0-image-to-video', image_urls: ['https://example.com/a.png'] },
      { seed: 1, watermark: false },
    ]) {
      assert.equal(refusedField(changes), undefined, JSON.stringify(changes).slice(0, 80));
    }
  });

  it('answers 400 in the envelope of the reference, with the field and its limits', async () => {
    const simulator = await startTestSimulator();
    try {
      const { status, body } = await create(simulator, { duration: 3 });
      assert.equal(status, 400);
      assert.deepEqual(body, {
        error: {
          code: 'invalid_request',
          message: 'duration must be an integer between 4 and 15',
          type: 'invalid_request_error',
          param: 'duration',
          min: 4,
          max: 15,
        },
      });
      for (const text of ['{', '', '[]', 'null', '"text"']) {
        const { status, body } = await call(simulator, 'POST', '/v1/videos/generations', text);
        assert.deepEqual([status, body.error.code], [400, 'invalid_request'], text);
      }
      assert.equal(simulator.tasks.length, 0);
    } finally {
      await simulator.close();
    }
  });

  it('judges any JSON without an exception, and accepts only what fits the price table', () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(...Object.values(VALID_REQUEST), 4, 15, '4k', 'https://a.b/'),
    );
    const names = [
      ...Object.keys(VALID_REQUEST),
      'model_params',
      'callback_url',
      'image_urls',
      'video_urls',
      'audio_urls',
    ];
    const body = fc
      .dictionary(fc.constantFrom(...names), field)
      .map(changes => Object.assign({}, VALID_REQUEST, changes));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), body), value => {
        const result = validate(value);
        if ('problem' in result) assert.notEqual(result.problem.message, '');
        else assert.ok(Number.isFinite(priceOf(result)) && priceOf(result) > 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not share code with the client that it checks', async () => {
    const source = await readFile(join(import.meta.dirname, '../../../src/simulator/validation.ts'), 'utf8');
    const imported = [...source.matchAll(/from '\.\.\/evolink\/(.+)\.ts'/g)].map(([, name]) => name);
    assert.deepEqual(imported, ['models']);
  });
});
