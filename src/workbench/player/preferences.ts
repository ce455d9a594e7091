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
