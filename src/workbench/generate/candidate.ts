import type { TaskRecord, TaskTarget } from '../../tasks/record.ts';
import type { TaskSource } from '../../tasks/task.ts';
import type { GateItem } from './gate.ts';
import type { Prepared } from './prepare.ts';

/** A video that is about to be paid for: what is sent, where it comes from and goes to, and what may surprise. */
export interface Candidate extends Prepared {
  readonly source: TaskSource | undefined;
  readonly target: TaskTarget;
  /** The task that makes, or a moment ago has made, the very same. */
  readonly duplicate: TaskRecord | undefined;
  /** One before it in the same gesture is the very same. */
  readonly isRepeated: boolean;
  /** It was sent before, and nobody knows what became of it. */
  readonly isUncertain: boolean;
}

export function gateItem(candidate: Omit<Candidate, 'target'>): GateItem {
  return {
    credits: candidate.credits,
    isDearer: candidate.dearer !== undefined,
    hasOtherCallback: candidate.otherCallback !== undefined,
    isDuplicate: candidate.duplicate !== undefined || candidate.isRepeated,
    isUncertain: candidate.isUncertain,
  };
}
