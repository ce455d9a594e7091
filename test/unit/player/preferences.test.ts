import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import {
  readPreferences,
  readSettings,
  writePreferences,
} from '../../../src/workbench/player/preferences.ts';

/** Keeps what it is given, as JSON does. */
class Memory implements vscode.Memento {
  readonly #values = new Map<string, string>();

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  get(key: string): undefined {
    const value = this.#values.get(key);
    return value === undefined ? undefined : JSON.parse(value);
  }

  async update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, JSON.stringify(value));
  }
}

describe('volume and mute', () => {
  it('are full and on at first, and what they were after that', async () => {
    const memory = new Memory();
    assert.deepEqual(readPreferences(memory), { volume: 1, muted: false });
    await writePreferences(memory, { volume: 0.3, muted: true });
    assert.deepEqual(readPreferences(memory), { volume: 0.3, muted: true });
  });

  it('are full and on where what was kept makes no sense', async () => {
    const memory = new Memory();
    await writePreferences(memory, { volume: 1, muted: false });
    const [key = ''] = memory.keys();
    for (const wrong of ['loud', { volume: 7, muted: false }, { volume: 0.5 }]) {
      await memory.update(key, wrong);
      assert.deepEqual(readPreferences(memory), { volume: 1, muted: false });
    }
  });
});

const read = (values: Record<string, unknown>) => readSettings({ get: key => values[key] });

describe("the player's settings", () => {
  it('are what was set, or on', () => {
    assert.deepEqual(read({ loop: false, autoplay: true }), { loop: false, autoplay: true });
    assert.deepEqual(read({}), { loop: true, autoplay: true });
  });

  it('are on where settings.json holds something else, which the page would refuse', () => {
    for (const wrong of ['no', 0, null, {}])
      assert.deepEqual(read({ loop: wrong, autoplay: wrong }), { loop: true, autoplay: true });
  });
});
