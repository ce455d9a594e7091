import { isDevice } from './portable.ts';

/** Of the whole name with extension, in bytes of UTF-8: leaves room in 255 for ` (9999)` and `.json`. */
export const MAX_NAME_BYTES = 200;
const MAX_SLUG_GRAPHEMES = 48;
const MAX_SLUG_BYTES = 120;
/** A stack of combining marks or a chain of joined emoji that is longer than any in use. */
const MAX_GRAPHEME_BYTES = 64;

const EXTENSION = '.mp4';
export const DEFAULT_FILE_NAME = '{date}-{slug}-{id}';

export interface NameFacts {
  /** When the task was made; written in the machine's own time zone. */
  readonly date: Date;
  readonly prompt: string;
  /** Short: it makes the name unique. */
  readonly id: string;
  readonly model: string;
  /** Seconds. */
  readonly duration: number;
  readonly quality: string;
  /** Such as `16:9`, written `16x9`. */
  readonly aspectRatio: string;
}

type Placeholder = (facts: NameFacts) => string;

const PLACEHOLDERS: ReadonlyMap<string, Placeholder> = new Map<string, Placeholder>([
  [
    'date',
    ({ date }) => [pad(date.getFullYear(), 4), pad(date.getMonth() + 1), pad(date.getDate())].join('-'),
  ],
  ['time', ({ date }) => [date.getHours(), date.getMinutes(), date.getSeconds()].map(n => pad(n)).join('')],
  ['slug', ({ prompt }) => slug(prompt)],
  ['id', ({ id }) => id],
  ['model', ({ model }) => model],
  ['duration', ({ duration }) => `${duration}s`],
  ['quality', ({ quality }) => quality],
  ['aspectRatio', ({ aspectRatio }) => aspectRatio.replace(':', 'x')],
]);

/** What a template may hold between braces. */
export const FILE_NAME_PLACEHOLDERS: readonly string[] = [...PLACEHOLDERS.keys()];

export type TemplateProblem =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknownPlaceholder'; readonly placeholder: string }
  /** `/` or `\`: folders are the setting `outputFolder`'s. */
  | { readonly kind: 'folder' };

/** What is wrong with a template; `fileName` uses the default instead of one with problems. */
export function templateProblems(template: string): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  if (template.trim() === '') problems.push({ kind: 'empty' });
  for (const [, placeholder = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!PLACEHOLDERS.has(placeholder)) problems.push({ kind: 'unknownPlaceholder', placeholder });
  }
  if (/[/\\]/.test(template)) problems.push({ kind: 'folder' });
  return problems;
}

/**
 * The name of a video: one path segment with extension that Windows, macOS and Linux take, in any script, at most
 * `MAX_NAME_BYTES` long. Too long a prompt is cut between words where it can, never inside of a character.
 * @param template text with placeholders, such as `{date}-{slug}-{id}`
 */
export function fileName(template: string, facts: NameFacts): string {
  const valid = templateProblems(template).length === 0 ? template : DEFAULT_FILE_NAME;
  const pattern = valid.trim().replace(/\.mp4$/i, '');
  // One byte for `portable` to mark a device's name.
  const limit = MAX_NAME_BYTES - EXTENSION.length - 1;
  const full = fill(pattern, facts, slug(facts.prompt));
  const excess = byteLength(full) - limit;
  // The slug gives way first, so that date and id stay.
  const stem =
    excess > 0 ? fill(pattern, facts, slug(facts.prompt, byteLength(slug(facts.prompt)) - excess)) : full;
  return portable(cut(stem, limit)) + EXTENSION;
}

function fill(pattern: string, facts: NameFacts, slugText: string): string {
  const filled = pattern.replace(/\{([^{}]*)\}/g, (_, name: string) =>
    name === 'slug' ? slugText : (PLACEHOLDERS.get(name)?.(facts) ?? ''),
  );
  return portable(filled);
}

/**
 * A prompt as part of a file name: letters, digits and emoji of any script, in lower case and composed form, words joined by `-`.
 * @param maxBytes of UTF-8
 */
export function slug(prompt: string, maxBytes: number = MAX_SLUG_BYTES): string {
  const words: string[] = [];
  let word = '';
  let graphemes = 0;
  let bytes = 0;
  const limit = Math.min(maxBytes, MAX_SLUG_BYTES);
  // A name needs only the start; a prompt may be a whole page.
  for (const { segment } of segmenter.segment(clean(prompt.slice(0, 2000)).normalize('NFC').toLowerCase())) {
    const kept = isWordPart(segment) && byteLength(segment) <= MAX_GRAPHEME_BYTES;
    if (!kept) {
      // Apostrophes belong to their word: "don't" is "dont".
      if (word !== '' && !/^['’ʼ]$/u.test(segment)) words.push(word);
      if (!/^['’ʼ]$/u.test(segment)) word = '';
      continue;
    }
    const size = byteLength(segment) + (word === '' && words.length > 0 ? 1 : 0);
    if (graphemes + 1 > MAX_SLUG_GRAPHEMES || bytes + size > limit) {
      // A word that was cut goes, unless it is most of the slug, as where words are not spaced.
      const rest = words.join('-');
      return word === '' || byteLength(rest) * 2 > bytes ? rest : [...words, word].join('-');
    }
    word += segment;
    graphemes += 1;
    bytes += size;
  }
  return [...words, word].filter(part => part !== '').join('-');
}

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

function isWordPart(grapheme: string): boolean {
  return /[\p{L}\p{N}]|\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(grapheme);
}

/** Without what hides or turns text round: lone surrogates, and invisible characters except the joiners that scripts and emoji need. */
function clean(text: string): string {
  return text.replace(
    /[\p{Cs}\p{Co}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu,
    '',
  );
}

/** What no system takes in a name, and names that Windows keeps for devices. */
function portable(text: string): string {
  const stem = clean(text)
    .normalize('NFC')
    .replace(/[<>:"/\\|?*\p{Cc}]/gu, '-')
    .replace(/([-_ ])\1+/g, '$1')
    .replace(/^[-. ~]+|[-_. ]+$/g, '');
  if (stem === '') return 'video';
  return isDevice(stem) ? `_${stem}` : stem;
}

/** The longest start of whole characters that fits. */
function cut(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  let result = '';
  for (const { segment } of segmenter.segment(text)) {
    if (byteLength(result) + byteLength(segment) > maxBytes) break;
    result += segment;
  }
  return result;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function pad(value: number, length = 2): string {
  return String(value).padStart(length, '0');
}
