import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DEFAULT_FILE_NAME,
  FILE_NAME_PLACEHOLDERS,
  fileName,
  MAX_NAME_BYTES,
  type NameFacts,
  slug,
  templateProblems,
} from '../../../src/videos/names.ts';

const FACTS: NameFacts = {
  date: new Date(2026, 2, 7, 9, 5, 3),
  prompt: 'A lighthouse at dusk, waves breaking.',
  id: 'k3f9a2',
  model: 'seedance-2.0-text-to-video',
  duration: 8,
  quality: '720p',
  aspectRatio: '16:9',
};

const named = (prompt: string, template = '{slug}'): string => fileName(template, { ...FACTS, prompt });

describe('fileName', () => {
  it('fills in the default template', () => {
    assert.equal(
      fileName(DEFAULT_FILE_NAME, FACTS),
      '2026-03-07-a-lighthouse-at-dusk-waves-breaking-k3f9a2.mp4',
    );
  });

  it('knows every placeholder', () => {
    assert.equal(
      fileName('{date} {time} {id} {model} {duration} {quality} {aspectRatio}', FACTS),
      '2026-03-07 090503 k3f9a2 seedance-2.0-text-to-video 8s 720p 16x9.mp4',
    );
    for (const name of FILE_NAME_PLACEHOLDERS) assert.deepEqual(templateProblems(`{${name}}`), []);
  });

  it('keeps any script', () => {
    assert.equal(named('해 질 녘의 등대, 파도가 친다'), '해-질-녘의-등대-파도가-친다.mp4');
    assert.equal(named('黄昏的灯塔，海浪拍打'), '黄昏的灯塔-海浪拍打.mp4');
    assert.equal(named('夕暮れの灯台。「波」'), '夕暮れの灯台-波.mp4');
    assert.equal(named('Маяк в сумерках'), 'маяк-в-сумерках.mp4');
    assert.equal(named('प्रकाशस्तंभ की लहरें'), 'प्रकाशस्तंभ-की-लहरें.mp4');
    assert.equal(named('منارة عند الغسق'), 'منارة-عند-الغسق.mp4');
    assert.equal(named('👩‍🚀 on Mars 🏴󠁧󠁢󠁥󠁮󠁧󠁿🇰🇷'), '👩‍🚀-on-mars-🏴󠁧󠁢󠁥󠁮󠁧󠁿🇰🇷.mp4');
  });

  it('composes decomposed text, as macOS hands it over', () => {
    assert.equal(named('등대'.normalize('NFD')), '등대.mp4');
    assert.equal(fileName('cafe\u0301', FACTS), 'caf\u00e9.mp4');
  });

  it('joins words around apostrophes and drops the rest of punctuation', () => {
    assert.equal(named("Don't look: it’s *late*… (really)"), 'dont-look-its-late-really.mp4');
    assert.equal(named('…!?'), 'video.mp4');
    assert.equal(fileName('{date}-{slug}-{id}', { ...FACTS, prompt: '?' }), '2026-03-07-k3f9a2.mp4');
  });

  it('cuts a long prompt between words, where words are spaced', () => {
    const name = named('one two three four five six seven eight nine ten eleven twelve');
    assert.equal(name, 'one-two-three-four-five-six-seven-eight-nine-ten-eleven.mp4');
    assert.equal(named('x'.repeat(500)), `${'x'.repeat(48)}.mp4`);
    const korean = named('가'.repeat(500));
    assert.equal(korean, `${'가'.repeat(40)}.mp4`);
  });

  it('shortens the slug before anything else', () => {
    const literal = 'x'.repeat(150);
    const name = fileName(`${literal}-{slug}-{id}`, FACTS);
    assert.ok(Buffer.byteLength(name) <= MAX_NAME_BYTES);
    assert.match(name, /^x{150}-a-lighthouse-at-dusk.*-k3f9a2\.mp4$/);
  });

  it("steps aside for Windows' devices and characters", () => {
    assert.equal(named('CON'), '_con.mp4');
    assert.equal(fileName('com1.{id}', FACTS), '_com1.k3f9a2.mp4');
    assert.equal(fileName('LPT²', FACTS), '_LPT².mp4');
    assert.equal(named('console'), 'console.mp4');
    assert.equal(fileName('a<b>c:d"e|f?g*h\u0007', FACTS), 'a-b-c-d-e-f-g-h.mp4');
    assert.equal(fileName('name. . ', FACTS), 'name.mp4');
    assert.equal(fileName('.hidden', FACTS), 'hidden.mp4');
    assert.equal(fileName('clip.MP4', FACTS), 'clip.mp4');
  });

  it('lets no value smuggle in a path or turn the text round', () => {
    assert.equal(fileName('{id}', { ...FACTS, id: '../../.ssh/x' }), 'ssh-x.mp4');
    assert.equal(fileName('{id}', { ...FACTS, id: 'evil\u202E4pm.exe' }), 'evil4pm.exe.mp4');
    assert.equal(fileName('{model}', { ...FACTS, model: '{id}' }), '{id}.mp4', 'values are no templates');
  });

  it('uses the default for a template with problems', () => {
    for (const template of ['', '  ', '{nope}', 'a/{id}', '..\\{id}'])
      assert.equal(fileName(template, FACTS), fileName(DEFAULT_FILE_NAME, FACTS), template);
  });

  it('gives one portable segment for any text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    const rich = fc.string({ unit: 'grapheme', maxLength: 300 });
    const piece = fc.oneof(
      text,
      rich,
      fc.constantFrom(...FILE_NAME_PLACEHOLDERS.map(name => `{${name}}`), 'con', '.', ' '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fc.oneof(text, rich), text, (template, prompt, id) => {
        const name = fileName(template.join(''), { ...FACTS, prompt, id });
        assert.ok(Buffer.byteLength(name) <= MAX_NAME_BYTES, name);
        assert.ok(name.endsWith('.mp4'));
        assert.ok(name.isWellFormed());
        assert.equal(name, name.normalize('NFC'));
        assert.doesNotMatch(name, /[<>:"/\\|?*\p{Cc}\p{Cs}\u202A-\u202E]|^[. ]|[. ]\.mp4$/u);
        assert.doesNotMatch(name, /^(con|nul|prn|aux|com\d|lpt\d)\s*\./i);
      }),
      { numRuns: 500 },
    );
  });
});

describe('slug', () => {
  it('never splits a character', () => {
    const family = '👩‍👩‍👧‍👦';
    for (let bytes = 0; bytes < 60; bytes++)
      assert.equal(
        slug(family.repeat(3), bytes),
        family.repeat(Math.floor(bytes / Buffer.byteLength(family))),
      );
  });

  it('leaves out a tower of marks', () => {
    assert.equal(slug(`a${'\u0301'.repeat(1000)} b`), 'b');
  });

  it('is quick on a whole page', () => {
    assert.equal(slug('! '.repeat(1_000_000)), '');
  });
});

describe('templateProblems', () => {
  it('names what is wrong', () => {
    assert.deepEqual(templateProblems('{date}-{Slug}-{x}'), [
      { kind: 'unknownPlaceholder', placeholder: 'Slug' },
      { kind: 'unknownPlaceholder', placeholder: 'x' },
    ]);
    assert.deepEqual(templateProblems(''), [{ kind: 'empty' }]);
    assert.deepEqual(templateProblems('sub/{id}'), [{ kind: 'folder' }]);
    assert.deepEqual(templateProblems('{__proto__}'), [
      { kind: 'unknownPlaceholder', placeholder: '__proto__' },
    ]);
  });
});
