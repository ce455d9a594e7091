/** Schemes of what VS Code shows in an editor and nobody writes prose in. */
const SCHEMES: ReadonlySet<string> = new Set([
  'output',
  'debug',
  'vscode-terminal',
  'vscode-scm',
  'comment',
  'vscode-interactive-input',
  'chatSessionInput',
]);

const LANGUAGES: ReadonlySet<string> = new Set(['log', 'dotenv', 'scminput', 'search-result']);

/** Names of files that hold logs, environments, passwords or keys. */
const NAMES: readonly RegExp[] = [
  /\.log(?:[.-](?!md$)|$)/,
  /^(?:access|error)_log$|^syslog$|\.out$/,
  /^\.env(?:[^a-z]|$|rc$)/,
  /\.(?:env|flaskenv)(?:\.(?!md$)|$)/,
  /^[._](?:netrc|npmrc|pypirc|pgpass|git-credentials|htpasswd|yarnrc|my\.cnf)$/,
  /^\.\w+_history$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:\.|$)/,
  /\.(?:pem|key|ppk)$/,
  /^credentials$/,
];

/**
 * Whether a document is one whose text may be taken only where a person selected it: it may hold secrets, or was never
 * written to be read as a prompt.
 * @param name of the file, without folders
 */
export function isPrivate({ scheme, name, languageId }: DocumentKind): boolean {
  return (
    SCHEMES.has(scheme) ||
    LANGUAGES.has(languageId.toLowerCase()) ||
    NAMES.some(pattern => pattern.test(name.toLowerCase()))
  );
}

export interface DocumentKind {
  readonly scheme: string;
  readonly name: string;
  readonly languageId: string;
}
