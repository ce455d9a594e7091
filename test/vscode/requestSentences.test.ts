import assert from 'node:assert/strict';
import { MODELS, OFFERED_MODELS } from '../../src/evolink/models.ts';
import { buildRequest, type RequestOptions } from '../../src/evolink/request.ts';
import { explainProblem, explainWarning } from '../../src/workbench/requestSentences.ts';

function problems(options: RequestOptions): string {
  const built = buildRequest('a frog', options);
  assert.ok('problems' in built, JSON.stringify(built));
  return built.problems.map(explainProblem).join(' ');
}

function warnings(options: RequestOptions, prompt = 'a frog'): readonly string[] {
  const built = buildRequest(prompt, options);
  assert.ok('request' in built, JSON.stringify(built));
  return built.warnings.map(explainWarning);
}

const OFFERED = OFFERED_MODELS.map(({ id }) => id).join(', ');

describe('the sentence about a request', () => {
  it('names the field and what it may be', () => {
    for (const [options, said] of [
      [{ duration: '5' }, '“duration” must be a whole number from 4 to 15.'],
      [{ duration: 3.5 }, '“duration” must be a whole number from 4 to 15.'],
      [{ generateAudio: 'yes' }, '“generateAudio” must be true or false.'],
      [{ callbackUrl: 7 }, '“callbackUrl” must be text.'],
      [{ quality: 720 }, '“quality” can be: 480p, 720p, 1080p, 4k.'],
      [{ quality: '1080P' }, '“quality” can be: 480p, 720p, 1080p, 4k. Did you mean “1080p”?'],
      [{ model: 'seedance-2.0' }, `“model” can be: ${OFFERED}. Did you mean “seedance-2.0-text-to-video”?`],
      [{ model: 7 }, `“model” can be: ${OFFERED}.`],
      [
        { model: 'seedance-2.0-mini-text-to-video', webSearch: true },
        'With seedance-2.0-mini-text-to-video, “webSearch” can be: false.',
      ],
      [
        { model: 'seedance-2.0-fast-text-to-video', quality: '4k' },
        'With seedance-2.0-fast-text-to-video, “quality” can be: 480p, 720p.',
      ],
      [
        { imageUrls: ['https://a.b/c.png'] },
        'The model seedance-2.0-text-to-video does not support “imageUrls”.',
      ],
      [{ callbackUrl: `https://a.b/${'c'.repeat(2048)}` }, '“callbackUrl” can have 2048 characters at most.'],
    ] as const) {
      assert.equal(problems(options), said);
    }
    for (const { id, offered } of MODELS)
      if (!offered)
        assert.equal(
          problems({ model: id }),
          `The model ${id} can’t be used here yet. These can: ${OFFERED}.`,
        );
  });

  it('leaves no gap where a value should stand', () => {
    for (const options of [
      { model: 'x', duration: 99, quality: 'x', aspectRatio: 'x', generateAudio: 1, contentFilter: 1 },
      { webSearch: 1, callbackUrl: 'x', imageUrls: [], videoUrls: [], audioUrls: [] },
      { webSearch: true, contentFilter: false, callbackUrl: 'http://a.b/' },
      { model: 'seedance-2.0-mini-image-to-video', callbackUrl: 'https://10.0.0.1/' },
    ])
      assert.doesNotMatch(problems(options), / {2}|“”|: \.|undefined|\{\d\}/);
  });

  it('warns of what may surprise, with the figures', () => {
    assert.deepEqual(warnings({}), []);
    assert.deepEqual(warnings({ contentFilter: false }), [
      'Without the content filter EvoLink charges 1.1 times the price; that is counted in.',
    ]);
    assert.deepEqual(warnings({ webSearch: true }), [
      'Each web search that is made costs 0.04 credits more, and there may be several.',
    ]);
    const [long, tooLong, tags] = warnings({}, `@image1 ${'蛙'.repeat(10_001)}`);
    assert.equal(long, 'The prompt has 10001 Chinese characters; EvoLink advises 500 at most.');
    assert.match(
      tooLong ?? '',
      /^The prompt has about 10003 tokens, and EvoLink takes 10000: it may be refused\.$/,
    );
    assert.equal(
      tags,
      'The prompt names @image1, but this model takes no images, videos or sounds: it sees only the words.',
    );
    assert.deepEqual(warnings({}, 'frog '.repeat(1001)), [
      'The prompt has 1001 words; EvoLink advises 1000 at most.',
    ]);
  });
});
