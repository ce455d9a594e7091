import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  decide,
  type Caller,
  type GateItem,
  type SpendingRules,
  type Verdict,
} from '../../../../src/workbench/generate/gate.ts';

const USUAL: SpendingRules = { confirmCost: true, costLimit: 0, gestureLimit: 0, unattendedLimit: 0 };
/** All that a user can allow. */
const GENEROUS: SpendingRules = { ...USUAL, confirmCost: false, unattendedLimit: 100 };
/** Credits of the video that is asked for in each row of the table. */
const PRICE = 67.5;
const PLAIN: GateItem = {
  credits: PRICE,
  isDearer: false,
  hasOtherCallback: false,
  isDuplicate: false,
  isUncertain: false,
};

interface Situation {
  readonly rules: SpendingRules;
  readonly items?: readonly GateItem[];
  readonly spent?: number;
}

/** The rows of the table in docs/money.md, in its words. */
const SITUATIONS: Readonly<Record<string, Situation>> = {
  'as it comes': { rules: USUAL },
  '`confirmCost` off': { rules: { ...USUAL, confirmCost: false } },
  '`unattendedLimit` 100, nothing spent': { rules: { ...USUAL, unattendedLimit: 100 } },
  '`unattendedLimit` 100, 50 went unasked in 24 h': { rules: { ...USUAL, unattendedLimit: 100 }, spent: 50 },
  '`unattendedLimit` no number of 0 or more': { rules: { ...USUAL, unattendedLimit: '100' } },
  'both, and a workspace or file makes it dearer': {
    rules: GENEROUS,
    items: [{ ...PLAIN, isDearer: true }],
  },
  'both, and the callback is not your setting': {
    rules: GENEROUS,
    items: [{ ...PLAIN, hasOtherCallback: true }],
  },
  'both, and the very same is under way': { rules: GENEROUS, items: [{ ...PLAIN, isDuplicate: true }] },
  'both, and it may have been taken before': { rules: GENEROUS, items: [{ ...PLAIN, isUncertain: true }] },
  'both, and the price is not known': { rules: GENEROUS, items: [{ ...PLAIN, credits: undefined }] },
  '`costLimit` 50': { rules: { ...GENEROUS, costLimit: 50 } },
  '`costLimit` 67.5': { rules: { ...GENEROUS, costLimit: PRICE } },
  '`gestureLimit` 100, two videos': { rules: { ...GENEROUS, gestureLimit: 100 }, items: [PLAIN, PLAIN] },
  'a limit, and the price is not known': {
    rules: { ...GENEROUS, gestureLimit: 100 },
    items: [{ ...PLAIN, credits: undefined }],
  },
  '`costLimit` or `gestureLimit` no number of 0 or more': { rules: { ...GENEROUS, costLimit: -1 } },
};

const COLUMNS: readonly { readonly caller: Caller; readonly confirm?: boolean }[] = [
  { caller: 'selection' },
  { caller: 'person' },
  { caller: 'call' },
  { caller: 'call', confirm: false },
  { caller: 'sidecar' },
];

function verdictOf(
  { rules, items = [PLAIN], spent = 0 }: Situation,
  column: { readonly caller: Caller; readonly confirm?: boolean },
): Verdict {
  const { caller, confirm } = column;
  return decide({ caller, confirm, items, unattendedCredits: spent }, rules);
}

/** A verdict in the words of the table. */
function words(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'refuse':
      return 'refused';
    case 'ask':
      return verdict.opensOn === 'pay' ? 'asked, opens on Generate' : 'asked';
    case 'duplicate':
      return 'gets that one';
    case 'go':
      return verdict.unattended > 0 ? 'unasked, counted' : 'unasked';
  }
}

const documented = new Map(
  readFileSync(new URL('../../../../docs/money.md', import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    )
    .map(([name = '', ...cells]) => [name, cells] as const),
);

describe('the gate before every request', () => {
  for (const [name, situation] of Object.entries(SITUATIONS)) {
    for (const [index, column] of COLUMNS.entries()) {
      const cell = documented.get(name)?.[index];
      it(`${name}, ${column.caller}${column.confirm === false ? ' with confirm: false' : ''}: ${cell}`, () => {
        assert.equal(words(verdictOf(situation, column)), cell);
      });
    }
  }

  it('has all rows of the table', () => {
    const rows = [...documented.keys()].filter(name => !/^(Setting|-+)/.test(name));
    assert.deepEqual(rows.slice(0, Object.keys(SITUATIONS).length), Object.keys(SITUATIONS));
  });

  it('refuses whatever is no number of 0 or more, and takes absent and 0 for no limit', () => {
    for (const setting of ['costLimit', 'gestureLimit'] as const) {
      for (const value of ['1', '', null, -1, Number.NaN, true, {}, [50]]) {
        for (const column of COLUMNS) {
          const verdict = verdictOf({ rules: { ...GENEROUS, [setting]: value } }, column);
          assert.deepEqual(verdict, { kind: 'refuse', refusal: { kind: 'invalid', setting, value } });
        }
      }
      for (const value of [undefined, 0])
        assert.notEqual(
          verdictOf({ rules: { ...USUAL, [setting]: value } }, { caller: 'call' }).kind,
          'refuse',
        );
    }
  });

  it('names the limit, its value and what was wanted', () => {
    assert.deepEqual(verdictOf({ rules: { ...USUAL, costLimit: 50 } }, { caller: 'person' }), {
      kind: 'refuse',
      refusal: { kind: 'over', setting: 'costLimit', limit: 50, credits: PRICE, videos: 1 },
    });
    const three = { rules: { ...USUAL, gestureLimit: 200 }, items: [PLAIN, PLAIN, PLAIN] };
    assert.deepEqual(verdictOf(three, { caller: 'selection' }), {
      kind: 'refuse',
      refusal: { kind: 'over', setting: 'gestureLimit', limit: 200, credits: 202.5, videos: 3 },
    });
  });

  it('counts only what a call spends unasked, and all of it', () => {
    const two = { rules: { ...GENEROUS, unattendedLimit: 200 }, items: [PLAIN, PLAIN] };
    assert.deepEqual(verdictOf(two, { caller: 'call', confirm: false }), { kind: 'go', unattended: 135 });
    assert.deepEqual(verdictOf(two, { caller: 'selection' }), { kind: 'go', unattended: 0 });
    const exactly = { rules: { ...USUAL, unattendedLimit: 100 }, spent: 100 - PRICE };
    assert.equal(verdictOf(exactly, { caller: 'call', confirm: false }).kind, 'go');
  });

  it('adds prices without the crumbs of binary fractions', () => {
    const items = [
      { ...PLAIN, credits: 0.1 },
      { ...PLAIN, credits: 0.2 },
    ];
    assert.equal(
      verdictOf({ rules: { ...GENEROUS, gestureLimit: 0.3 }, items }, { caller: 'person' }).kind,
      'go',
    );
  });
});
