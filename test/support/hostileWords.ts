/** Words as EvoLink, a prompt, a setting, a file name or an argument may bring them: all that VS Code makes something else of. */
export const HOSTILE =
  'See [x](command:workbench.action.toggleSidebarVisibility) ![y](https://evil.example/p.png) <img src="https://evil.example/q.png">' +
  '<b>bold</b> <command:a> [r][s] $(trash) &#x202e; cod\u202eexe \u001b[31m https://evil.example www.evil.example\r\nforged line\u2028end';

/** The same as a reader may see it, apart from signs without width. */
export const HOSTILE_SEEN =
  'See [x](command:workbench.action.toggleSidebarVisibility) ![y](https://evil.example/p.png) <img src="https://evil.example/q.png">' +
  '<b>bold</b> <command:a> [r][s] $(trash) &#x202e; codexe [31m https://evil.example www.evil.example forged line end';

/** What is wrong with shown words; undefined where they are text alone. */
export function harmIn(shown: string): string | undefined {
  const harms: Readonly<Record<string, RegExp>> = {
    link: /\]\(|\]\[/,
    html: /<[a-z/!]/i,
    entity: /&#?\w+;/,
    icon: /\$\(/,
    address: /:\/\/|www\./,
    control: /(?!\n)\p{Cc}/u,
    direction: /[\u202a-\u202e\u2066-\u2069]/,
    lineBreak: /[\r\u2028\u2029]/,
  };
  return Object.entries(harms).find(([, harm]) => harm.test(shown))?.[0];
}
