/** What ends a line or stands for white space: shown as one space. */
const BREAKS = /[\t-\r\u0085\u2028\u2029]+/g;
/** Control characters, and those that turn the direction of text (Unicode UAX #9): what is shown must be what is there. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff]/gu;

/**
 * Beginnings of what VS Code and its Markdown turn into something else than text. Each is cut in two after the part that is
 * matched here.
 */
const SYNTAX: readonly RegExp[] = [
  // Links, pictures and reference definitions. Notifications and prompts of input boxes take `[x](command:…)` and run the
  // command (VS Code, linkedText.ts).
  /\](?=[([:])/g,
  // HTML and autolinks.
  /<(?=[a-z/!?])/gi,
  // Entities: they may stand for a character that was taken out above.
  /&(?=[#a-z])/gi,
  // Icons in labels (VS Code, iconLabels.ts).
  /\$(?=\()/g,
  // Bare addresses (GitHub Flavored Markdown, 6.9).
  /:(?=\/\/)/g,
  /www(?=\.)/gi,
  /(?<=[\w.+-])@(?=\w)/g,
];

/** WORD JOINER: has no width and allows no line break, so that a reader sees no difference. */
const CUT = '\u2060';

/**
 * Foreign words (EvoLink's, a prompt's, a setting's, a file name's, an argument's) as text alone, on one line: nothing in
 * them becomes a link, a picture, a command, HTML or an icon in notifications, Markdown, messages of views, tooltips, labels,
 * prompts and dialogs. Looks the same to a reader. What it gave it leaves as it is.
 */
export function foreign(text: string): string {
  return SYNTAX.reduce((shown, syntax) => shown.replace(syntax, `$&${CUT}`), onOneLine(text));
}

/** Foreign words where only text is shown (the log): on one line, without characters that can't be seen. */
export function onOneLine(text: string): string {
  return text.replaceAll(BREAKS, ' ').replaceAll(UNSEEN, '').toWellFormed();
}

/** The lines of a longer text, each by itself. */
export function foreignLines(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(foreign)
    .join('\n');
}

/** Foreign words in Markdown: every sign stands for itself (CommonMark 2.4), and each line is a paragraph. */
export function foreignMarkdown(text: string): string {
  return foreignLines(text)
    .split('\n')
    .map(line => line.trim().replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`))
    .join('\n\n');
}

/** Foreign words in the log. Further lines, as of a stack, are indented: an entry of ours begins at the margin. */
export function logEntry(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(onOneLine)
    .join('\n    ');
}
