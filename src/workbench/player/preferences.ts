import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { Preferences } from '../../player/protocol.ts';

const KEY = 'player.preferences';
const stored = v.object({
  volume: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  muted: v.boolean(),
});

/** Volume and mute are one for all videos and all windows. */
export function readPreferences(state: vscode.Memento): Preferences {
  const parsed = v.safeParse(stored, state.get(KEY));
  return parsed.success ? parsed.output : { volume: 1, muted: false };
}

export async function writePreferences(state: vscode.Memento, preferences: Preferences): Promise<void> {
  await state.update(KEY, preferences);
}

export interface Settings {
  readonly loop: boolean;
  readonly autoplay: boolean;
}

/** VS Code hands over whatever settings.json holds, of any type. @param configuration of `seedance.player` */
export function readSettings(configuration: { get(key: string): unknown }): Settings {
  return { loop: configuration.get('loop') !== false, autoplay: configuration.get('autoplay') !== false };
}
