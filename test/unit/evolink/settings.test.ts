import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { EVOLINK_ORIGIN, normaliseBaseUrl } from '../../../src/evolink/baseUrl.ts';
import { ASPECT_RATIOS, OFFERED_MODELS, QUALITIES } from '../../../src/evolink/models.ts';
import { REQUEST_DEFAULTS } from '../../../src/evolink/request.ts';

interface Setting {
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default: unknown;
}

const manifest: { contributes: { configuration: { properties: Record<string, Setting> } } } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);

function setting(name: string): Setting {
  const found = manifest.contributes.configuration.properties[`seedance.${name}`];
  assert.ok(found, name);
  return found;
}

describe('settings in package.json', () => {
  it('offer what the models accept', () => {
    assert.deepEqual(
      setting('model').enum,
      OFFERED_MODELS.map(({ id }) => id),
    );
    assert.equal(setting('model').enumDescriptions?.length, OFFERED_MODELS.length);
    assert.deepEqual(setting('quality').enum, QUALITIES);
    assert.deepEqual(setting('aspectRatio').enum, ASPECT_RATIOS);
    for (const { duration } of OFFERED_MODELS) {
      const { minimum, maximum, default: usual } = setting('duration');
      assert.deepEqual({ min: minimum, max: maximum, default: usual }, duration);
    }
  });

  it('have the defaults of a request', () => {
    for (const [name, usual] of Object.entries(REQUEST_DEFAULTS))
      assert.equal(setting(name).default, usual, name);
    assert.deepEqual(normaliseBaseUrl(String(setting('apiBaseUrl').default)), {
      baseUrl: EVOLINK_ORIGIN,
      origin: EVOLINK_ORIGIN,
    });
  });
});
