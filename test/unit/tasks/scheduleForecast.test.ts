import assert from 'node:assert/strict';
import fc from 'fast-check';
import { forecastEnd, type Forecast } from '../../../src/tasks/scheduleForecast.ts';

function median(forecast: Forecast): number {
  let seconds = 1;
  while (forecast(seconds).lasts > 0.5) seconds *= 1.001;
  return seconds;
}

describe('forecastEnd', () => {
  const past = fc.array(
    fc.record(
      { seconds: fc.double({ min: -1, max: 1e5 }), estimatedSeconds: fc.double({ min: -1, max: 1e4 }) },
      { requiredKeys: ['seconds'] },
    ),
    { maxLength: 60 },
  );

  it('is a distribution, whatever the history holds', () => {
    fc.assert(
      fc.property(fc.option(fc.double({ min: -1, max: 1e6 }), { nil: undefined }), past, (estimate, past) => {
        const forecast = forecastEnd(estimate, past);
        let before = 1;
        for (let seconds = 0.1; seconds < 1e6; seconds *= 1.5) {
          const { lasts, density } = forecast(seconds);
          assert.ok(lasts >= 0 && lasts <= before + 1e-12 && density >= 0 && Number.isFinite(density));
          before = lasts;
        }
      }),
    );
  });

  it('has a density that is the slope of its survival', () => {
    const forecast = forecastEnd(120, [
      { seconds: 130, estimatedSeconds: 100 },
      { seconds: 300, estimatedSeconds: 200 },
    ]);
    for (const seconds of [60, 120, 156, 180, 400]) {
      const slope = (forecast(seconds - 0.01).lasts - forecast(seconds + 0.01).lasts) / 0.02;
      assert.ok(Math.abs(slope - forecast(seconds).density) < 1e-6);
    }
  });

  it('starts near the estimate and moves to what past tasks took, as multiples of their estimates', () => {
    assert.ok(Math.abs(median(forecastEnd(100, [])) - 118) < 5);
    const twice = Array.from({ length: 20 }, () => ({ seconds: 60, estimatedSeconds: 30 }));
    assert.ok(Math.abs(median(forecastEnd(100, twice)) - 200) < 10);
    const withoutEstimates = Array.from({ length: 20 }, () => ({ seconds: 60 }));
    assert.ok(Math.abs(median(forecastEnd(100, withoutEstimates)) - 60) < 5);
  });

  it('forgets all but the latest forty', () => {
    const old = Array.from({ length: 100 }, () => ({ seconds: 1000 }));
    const latest = Array.from({ length: 40 }, () => ({ seconds: 50 }));
    assert.deepEqual(forecastEnd(100, [...old, ...latest])(55), forecastEnd(100, latest)(55));
  });

  it('keeps believing in surprises', () => {
    const steady = Array.from({ length: 40 }, () => ({ seconds: 100, estimatedSeconds: 100 }));
    assert.ok(forecastEnd(100, steady)(300).lasts > 1e-3);
  });
});
