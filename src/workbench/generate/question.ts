import type { TaskRecord } from '../../tasks/record.ts';
import type { Candidate } from './candidate.ts';
import type { AskReason } from './gate.ts';

/** What is known of the account's balance while the question is open. */
export type Balance =
  | { readonly kind: 'asking' }
  | { readonly kind: 'known'; readonly credits: number }
  | { readonly kind: 'unknown' }
  /** EvoLink does not accept the key. */
  | { readonly kind: 'keyRefused' };

/** The one question of a gesture. */
export interface Question {
  /** `send`: requests that are in the list already. */
  readonly verb: 'generate' | 'send';
  readonly candidates: readonly Candidate[];
  readonly reasons: readonly AskReason[];
  readonly opensOn: 'pay' | 'nothing';
  readonly isDemo: boolean;
  /** Whether another folder can be chosen here. */
  readonly canChooseFolder: boolean;
  /** Never rejects. Undefined in the demo, which has none. */
  readonly balance: Promise<Balance> | undefined;
}

/** What the person chose; undefined: nothing. */
export type Answer =
  | { readonly kind: 'pay'; readonly chosen: readonly Candidate[] }
  | { readonly kind: 'show'; readonly task: TaskRecord }
  | { readonly kind: 'folder' }
  | { readonly kind: 'key' }
  | undefined;

/** What changes while the question is open. */
export interface QuestionState {
  /** For each candidate whether it is among those that will be paid for. */
  readonly included: readonly boolean[];
  readonly balance: Balance;
}

/** Of several, those that are under way already, or stand twice in the gesture, are left out until they are put back. */
export function initialState({ candidates, balance }: Question): QuestionState {
  const included = candidates.map(
    ({ duplicate, isRepeated }) => candidates.length === 1 || (duplicate === undefined && !isRepeated),
  );
  return { included, balance: balance ? { kind: 'asking' } : { kind: 'unknown' } };
}

/** The candidates that will be paid for. */
export function chosenOf({ candidates }: Question, { included }: QuestionState): readonly Candidate[] {
  return candidates.filter((_, index) => included[index]);
}
