import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { Preferences } from '../../player/protocol.ts';

const KEY = 'player.preferences';
/** How often one value is written, where VS Code keeps another one. */
const ATTEMPTS = 5;
const stored = v.object({
  volume: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  muted: v.boolean(),
});

/**
 * Volume and mute, one for all videos and all windows. What was said last counts at once and is never lost: VS Code answers each
 * change of an extension's state with a copy of the whole state, and that undoes what was changed meanwhile (1.139).
 */
export class KeptPreferences {
  readonly #state: vscode.Memento;
  /** Said in this window, and not known to be kept yet. */
  #said: Preferences | undefined;
  #writing: Promise<void> | undefined;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get current(): Preferences {
    return this.#said ?? this.#kept;
  }

  /** Resolves when these, or newer ones, are kept. Rejects where VS Code keeps nothing; they count in this window all the same. */
  keep(preferences: Preferences): Promise<void> {
    this.#said = preferences;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  get #kept(): Preferences {
    const parsed = v.safeParse(stored, this.#state.get(KEY));
    return parsed.success ? parsed.output : { volume: 1, muted: false };
  }

  /** One at a time, and looked at again afterwards. */
  async #write(): Promise<void> {
    for (let attempt = 1; this.#said; attempt++) {
      const said = this.#said;
      await this.#state.update(KEY, said);
      const { volume, muted } = this.#kept;
      if (this.#said !== said) attempt = 0;
      else if ((volume === said.volume && muted === said.muted) || attempt === ATTEMPTS)
        this.#said = undefined;
    }
  }
}

export interface Settings {
  readonly loop: boolean;
  readonly autoplay: boolean;
}

/** VS Code hands over whatever settings.json holds, of any type. @param configuration of `seedance.player` */
export function readSettings(configuration: { get(key: string): unknown }): Settings {
  return { loop: configuration.get('loop') !== false, autoplay: configuration.get('autoplay') !== false };
}
