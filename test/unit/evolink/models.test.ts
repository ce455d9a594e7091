import assert from 'node:assert/strict';
import {
  ASPECT_RATIOS,
  findModel,
  MODELS,
  OFFERED_MODELS,
  pixelSize,
  QUALITIES,
} from '../../../src/evolink/models.ts';

describe('models', () => {
  it('knows the nine Seedance 2.0 ids and offers the three that take text', () => {
    const ids = ['', 'fast-', 'mini-'].flatMap(tier =>
      ['text', 'image', 'reference'].map(input => `seedance-2.0-${tier}${input}-to-video`),
    );
    assert.deepEqual(MODELS.map(({ id }) => id).toSorted(), ids.toSorted());
    assert.deepEqual(
      OFFERED_MODELS.map(({ id, input }) => [id, input]),
      [
        ['seedance-2.0-text-to-video', 'text'],
        ['seedance-2.0-fast-text-to-video', 'text'],
        ['seedance-2.0-mini-text-to-video', 'text'],
      ],
    );
  });

  it('gives each model the qualities, lengths and web search of the reference', () => {
    for (const model of MODELS) {
      const standard = !/-(fast|mini)-/.test(model.id);
      assert.deepEqual(
        model.qualities,
        standard ? ['480p', '720p', '1080p', '4k'] : ['480p', '720p'],
        model.id,
      );
      assert.deepEqual(model.duration, { min: 4, max: 15, default: 5 });
      assert.deepEqual(model.aspectRatios, ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9', 'adaptive']);
      assert.equal(model.webSearch, /2\.0-(fast-)?text-/.test(model.id), model.id);
      assert.equal(model.tier, /-(fast|mini)-/.exec(model.id)?.[1] ?? 'standard');
    }
  });

  it('finds no model by another spelling', () => {
    assert.equal(findModel('Seedance-2.0-text-to-video'), undefined);
    assert.equal(findModel('seedance-2.0'), undefined);
    assert.equal(findModel('constructor'), undefined);
  });

  it("tells the picture's size by the table of the reference", () => {
    const table = `
      16:9 864×496 1280×720 1920×1080 3840×2160
      4:3 752×560 1112×834 1664×1248 3326×2494
      1:1 640×640 960×960 1440×1440 2880×2880
      3:4 560×752 834×1112 1248×1664 2494×3326
      9:16 496×864 720×1280 1080×1920 2160×3840
      21:9 992×432 1470×630 2206×946 4398×1886`;
    for (const row of table.trim().split('\n')) {
      const [ratio, ...sizes] = row.trim().split(' ');
      const aspectRatio = ASPECT_RATIOS.find(value => value === ratio);
      assert.ok(aspectRatio);
      assert.deepEqual(
        QUALITIES.map(quality => pixelSize(aspectRatio, quality)?.join('×')),
        sizes,
      );
    }
    for (const quality of QUALITIES) assert.equal(pixelSize('adaptive', quality), undefined);
  });
});
