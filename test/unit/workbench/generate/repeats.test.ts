import assert from 'node:assert/strict';
import { repeatsAmong } from '../../../../src/tasks/duplicates.ts';
import { gateItem } from '../../../../src/workbench/generate/candidate.ts';
import { decide } from '../../../../src/workbench/generate/gate.ts';
import { makeRecord } from '../../../support/records.ts';

const { request } = makeRecord();

/** What the gate says to a gesture that makes these prompts into videos, where nothing is under way. */
function verdict(caller: 'selection' | 'call', prompts: readonly string[]): unknown {
  const requests = prompts.map(prompt => ({ ...request, prompt }));
  const repeats = repeatsAmong(requests);
  const items = requests.map((request, index) =>
    gateItem({
      request,
      warnings: [],
      estimate: undefined,
      credits: 10,
      source: undefined,
      duplicate: undefined,
      isRepeated: repeats[index] === true,
      isUncertain: false,
    }),
  );
  return decide(
    { caller, confirm: false, items, unattendedCredits: 0 },
    { confirmCost: false, costLimit: 0, gestureLimit: 0, unattendedLimit: 100 },
  );
}

describe('the same text several times in one gesture', () => {
  for (const caller of ['selection', 'call'] as const) {
    it(`is asked about, for a ${caller} that would go unasked`, () => {
      assert.deepEqual(verdict(caller, ['One.', 'Two.', 'One.']), {
        kind: 'ask',
        reasons: ['duplicate'],
        opensOn: 'nothing',
      });
    });

    it(`is not seen where the texts differ, for a ${caller}`, () => {
      const unattended = caller === 'call' ? 20 : 0;
      assert.deepEqual(verdict(caller, ['One.', 'Two.']), { kind: 'go', unattended });
    });
  }
});
