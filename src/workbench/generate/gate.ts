/**
 * Who asks for a video. `selection`: a command without arguments, on text that a person selected. `person`: a command without
 * arguments otherwise (a typed prompt, a paragraph that nobody selected). `call`: with an argument, so it may be a keybinding,
 * tasks.json, another extension, a row or a button, which can't be told apart. `sidecar`: a file that anybody may have written.
 */
export type Caller = 'selection' | 'person' | 'call' | 'sidecar';

/** The settings about money as they stand in the settings: anything may be there. All of scope `application`. */
export interface SpendingRules {
  readonly confirmCost: unknown;
  /** Credits for one video. Absent or 0: no limit. */
  readonly costLimit: unknown;
  /** Credits for all videos of one gesture. Absent or 0: no limit. */
  readonly gestureLimit: unknown;
  /** Credits that calls may spend unasked in {@link UNATTENDED_PERIOD}. Absent or 0: nothing. */
  readonly unattendedLimit: unknown;
}

export type LimitSetting = 'costLimit' | 'gestureLimit' | 'unattendedLimit';

/** Milliseconds over which what went unasked is summed up. */
export const UNATTENDED_PERIOD = 24 * 3600_000;

/** One video of a gesture, as far as the gate looks at it. */
export interface GateItem {
  /** Estimate with one web search counted in; undefined where the price is not known. */
  readonly credits: number | undefined;
  /** A workspace's settings or a file make it dearer than the user's own settings would. */
  readonly isDearer: boolean;
  /** EvoLink would call an address that is not the user's setting. */
  readonly hasOtherCallback: boolean;
  /** The very same is under way, was a moment ago, or comes before it in the gesture. */
  readonly isDuplicate: boolean;
  /** It was sent before and nobody knows whether it was taken: it may be charged a second time. */
  readonly isUncertain: boolean;
}

export interface GateGesture {
  readonly caller: Caller;
  /** As the caller said; a call without it is asked. */
  readonly confirm: boolean | undefined;
  readonly items: readonly GateItem[];
  /** Credits that went unasked in the last {@link UNATTENDED_PERIOD}. */
  readonly unattendedCredits: number;
}

export type AskReason =
  'price' | 'unattended' | 'dearer' | 'callback' | 'duplicate' | 'uncertain' | 'sidecar';

export type LimitRefusal =
  /** The setting is no number of 0 or more. */
  | { readonly kind: 'invalid'; readonly setting: LimitSetting; readonly value: unknown }
  /** `credits` undefined: the price is not known. */
  | {
      readonly kind: 'over';
      readonly setting: 'costLimit' | 'gestureLimit';
      readonly limit: number;
      readonly credits: number | undefined;
      readonly videos: number;
    };

export type Verdict =
  | { readonly kind: 'refuse'; readonly refusal: LimitRefusal }
  /** `opensOn`: what Enter does when the question opens. */
  | { readonly kind: 'ask'; readonly reasons: readonly AskReason[]; readonly opensOn: 'pay' | 'nothing' }
  /** Nothing is paid: the caller gets the task that is under way already. */
  | { readonly kind: 'duplicate' }
  /** `unattended`: credits that count into `unattendedLimit`. */
  | { readonly kind: 'go'; readonly unattended: number };

/** The one gate before every POST. The table of what it says is docs/money.md. */
export function decide(gesture: GateGesture, rules: SpendingRules): Verdict {
  const refusal = limitRefusal(gesture, rules);
  if (refusal) return { kind: 'refuse', refusal };
  const { caller, confirm, items } = gesture;
  const wantsUnasked = caller === 'call' && confirm === false;
  if (wantsUnasked && items.every(item => item.isDuplicate)) return { kind: 'duplicate' };
  const sum = sumOf(items);
  const reasons = [...askedByCaller(gesture, rules, sum), ...askedByItems(items)];
  if (reasons.length === 0) return { kind: 'go', unattended: wantsUnasked ? (sum ?? 0) : 0 };
  const isOrdinary = caller === 'selection' && reasons.every(reason => reason === 'price');
  return { kind: 'ask', reasons, opensOn: isOrdinary ? 'pay' : 'nothing' };
}

/** The sum of credits; undefined where a price is not known. */
export function sumOf(items: readonly { readonly credits: number | undefined }[]): number | undefined {
  let sum = 0;
  for (const { credits } of items) {
    if (credits === undefined) return undefined;
    sum += credits;
  }
  // Sums of prices with four decimals have no more of them.
  return Math.round(sum * 10_000) / 10_000;
}

function askedByCaller(
  { caller, confirm, unattendedCredits }: GateGesture,
  rules: SpendingRules,
  sum: number | undefined,
): readonly AskReason[] {
  switch (caller) {
    case 'sidecar':
      return ['sidecar'];
    case 'selection':
    case 'person':
      return rules.confirmCost === false ? [] : ['price'];
    case 'call': {
      if (confirm !== false) return ['price'];
      const limit = readLimit(rules.unattendedLimit) ?? 0;
      const fits = sum !== undefined && limit !== 'invalid' && unattendedCredits + sum <= limit;
      return fits ? [] : ['unattended'];
    }
  }
}

function askedByItems(items: readonly GateItem[]): readonly AskReason[] {
  const reasons: AskReason[] = [];
  if (items.some(item => item.isDearer)) reasons.push('dearer');
  if (items.some(item => item.hasOtherCallback)) reasons.push('callback');
  if (items.some(item => item.isDuplicate)) reasons.push('duplicate');
  if (items.some(item => item.isUncertain)) reasons.push('uncertain');
  return reasons;
}

function limitRefusal(
  { caller, confirm, items }: GateGesture,
  rules: SpendingRules,
): LimitRefusal | undefined {
  const settings: readonly LimitSetting[] =
    caller === 'call' && confirm === false
      ? ['costLimit', 'gestureLimit', 'unattendedLimit']
      : ['costLimit', 'gestureLimit'];
  for (const setting of settings) {
    if (readLimit(rules[setting]) === 'invalid') return { kind: 'invalid', setting, value: rules[setting] };
  }
  const costLimit = readLimit(rules.costLimit);
  for (const { credits } of items) {
    if (isOver(credits, costLimit))
      return { kind: 'over', setting: 'costLimit', limit: costLimit, credits, videos: 1 };
  }
  const gestureLimit = readLimit(rules.gestureLimit);
  const credits = sumOf(items);
  return isOver(credits, gestureLimit)
    ? { kind: 'over', setting: 'gestureLimit', limit: gestureLimit, credits, videos: items.length }
    : undefined;
}

/** An unknown price is over every limit. */
function isOver(credits: number | undefined, limit: number | 'invalid' | undefined): limit is number {
  return typeof limit === 'number' && (credits === undefined || credits > limit);
}

/** Credits; undefined where there is no limit. */
function readLimit(value: unknown): number | 'invalid' | undefined {
  if (value === undefined || value === 0) return undefined;
  return typeof value === 'number' && value > 0 && !Number.isNaN(value) ? value : 'invalid';
}
