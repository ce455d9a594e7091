/** What a key does in the player. */
export type KeyCommand = TransportCommand | PageCommand;

/** What concerns the video. */
export type TransportCommand =
  | { readonly do: 'togglePlay' | 'shuttleBack' | 'shuttleForward' }
  /** Seconds, negative is back. */
  | { readonly do: 'seekBy'; readonly seconds: number }
  | { readonly do: 'stepFrames'; readonly frames: number }
  | { readonly do: 'seekToStart' | 'seekToEnd' }
  /** Part of full volume, negative is quieter. */
  | { readonly do: 'changeVolume'; readonly by: number }
  | { readonly do: 'changeSpeed'; readonly steps: 1 | -1 }
  | { readonly do: 'toggleMute' | 'toggleLoop' };

/** What concerns the page around it. */
export interface PageCommand {
  readonly do: 'toggleFullscreen' | 'toggleDetails' | 'saveFrame';
}

export interface KeyPress {
  /** `KeyboardEvent.key`. */
  readonly key: string;
  /** `KeyboardEvent.code`: the place of the key, by its name on a US keyboard. */
  readonly code: string;
  readonly shift: boolean;
  /** Control, Alt or Meta is held: such keys belong to VS Code. */
  readonly modified: boolean;
  /** What has the focus and so uses some keys itself. */
  readonly focus: 'page' | 'button' | 'slider';
}

const COMMANDS: ReadonlyMap<string, KeyCommand> = new Map<string, KeyCommand>([
  [' ', { do: 'togglePlay' }],
  ['k', { do: 'togglePlay' }],
  ['j', { do: 'shuttleBack' }],
  ['l', { do: 'shuttleForward' }],
  [',', { do: 'stepFrames', frames: -1 }],
  ['.', { do: 'stepFrames', frames: 1 }],
  ['<', { do: 'changeSpeed', steps: -1 }],
  ['>', { do: 'changeSpeed', steps: 1 }],
  ['arrowleft', { do: 'seekBy', seconds: -1 }],
  ['arrowright', { do: 'seekBy', seconds: 1 }],
  ['arrowup', { do: 'changeVolume', by: 0.1 }],
  ['arrowdown', { do: 'changeVolume', by: -0.1 }],
  ['home', { do: 'seekToStart' }],
  ['end', { do: 'seekToEnd' }],
  ['m', { do: 'toggleMute' }],
  ['r', { do: 'toggleLoop' }],
  ['f', { do: 'toggleFullscreen' }],
  ['i', { do: 'toggleDetails' }],
  ['s', { do: 'saveFrame' }],
]);
const SHIFTED: ReadonlyMap<string, KeyCommand> = new Map<string, KeyCommand>([
  ['arrowleft', { do: 'stepFrames', frames: -1 }],
  ['arrowright', { do: 'stepFrames', frames: 1 }],
]);
const BUTTON_KEYS: ReadonlySet<string> = new Set([' ', 'enter']);
const SLIDER_KEYS: ReadonlySet<string> = new Set([
  'arrowleft',
  'arrowright',
  'arrowup',
  'arrowdown',
  'home',
  'end',
]);

/** The command of a key; undefined when the key is not the player's. */
export function commandOf(press: KeyPress): KeyCommand | undefined {
  if (press.modified) return undefined;
  const key = letterOf(press).toLowerCase();
  if (press.focus === 'button' && BUTTON_KEYS.has(key)) return undefined;
  if (press.focus === 'slider' && SLIDER_KEYS.has(key)) return undefined;
  return (press.shift ? SHIFTED.get(key) : undefined) ?? COMMANDS.get(key);
}

/** Where letters are not Latin (Korean, Russian, Greek, …) the place of the key tells which one is meant. */
function letterOf({ key, code, shift }: KeyPress): string {
  if (key !== 'Process' && /^[\x20-\x7e]+$/.test(key)) return key;
  if (code === 'Comma') return shift ? '<' : ',';
  if (code === 'Period') return shift ? '>' : '.';
  return /^Key([A-Z])$/.exec(code)?.[1] ?? key;
}

const GOING_ON: ReadonlySet<KeyCommand['do']> = new Set<KeyCommand['do']>([
  'seekBy',
  'stepFrames',
  'changeVolume',
  'changeSpeed',
]);

/** Whether a command is done again and again while its key is held down. */
export function goesOn(command: KeyCommand): boolean {
  return GOING_ON.has(command.do);
}

export const SPEEDS: readonly number[] = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

/** The next slower (-1) or faster (1) speed; the ends stay. */
export function nextSpeed(speed: number, steps: 1 | -1): number {
  const slower = SPEEDS.findLast(other => other < speed);
  const faster = SPEEDS.find(other => other > speed);
  return (steps === 1 ? faster : slower) ?? speed;
}
