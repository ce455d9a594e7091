import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { KeptPreferences, readSettings } from '../../../src/workbench/player/preferences.ts';

/**
 * An extension's state as VS Code keeps it: what is changed is there at once and on its way a moment later, and the whole state comes
 * back with every change, as it was when it arrived.
 */
class Memory implements vscode.Memento {
  #values: Record<string, unknown> = {};
  readonly #arrived = new Map<string, PromiseWithResolvers<void>>();
  /** What another window does while a change is on its way. */
  meanwhile: (() => void) | undefined;

  keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  get(key: string): undefined {
    const value = this.#values[key];
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  }

  update(key: string, value: unknown): Promise<void> {
    this.#values[key] = value;
    const arrival = this.#arrived.get(key) ?? Promise.withResolvers<void>();
    if (!this.#arrived.has(key)) setImmediate(() => this.#send(key, arrival));
    this.#arrived.set(key, arrival);
    return arrival.promise;
  }

  #send(key: string, arrival: PromiseWithResolvers<void>): void {
    this.#arrived.delete(key);
    const sent = JSON.stringify(this.#values);
    setTimeout(() => {
      this.#values = JSON.parse(sent);
      this.meanwhile?.();
      arrival.resolve();
    }, 2);
  }
}

const loud = { volume: 1, muted: false };

describe('volume and mute', () => {
  it('are full and on at first, and what they were after that', async () => {
    const memory = new Memory();
    const preferences = new KeptPreferences(memory);
    assert.deepEqual(preferences.current, loud);
    await preferences.keep({ volume: 0.3, muted: true });
    assert.deepEqual(preferences.current, { volume: 0.3, muted: true });
    assert.deepEqual(new KeptPreferences(memory).current, { volume: 0.3, muted: true });
  });

  it('are full and on where what was kept makes no sense', async () => {
    const memory = new Memory();
    const preferences = new KeptPreferences(memory);
    await preferences.keep(loud);
    const [key = ''] = memory.keys();
    for (const wrong of ['loud', { volume: 7, muted: false }, { volume: 0.5 }]) {
      await memory.update(key, wrong);
      assert.deepEqual(preferences.current, loud);
    }
  });

  it('are what was said last, at every moment, however fast one word follows another', async () => {
    const memory = new Memory();
    const preferences = new KeptPreferences(memory);
    const words = Array.from({ length: 12 }, (_, index) => ({ volume: index / 12, muted: index % 2 === 0 }));
    const kept: Promise<void>[] = [];
    for (const word of words) {
      kept.push(preferences.keep(word));
      for (let look = 0; look < 3; look++) {
        assert.deepEqual(preferences.current, word);
        await new Promise(resolve => setImmediate(resolve));
      }
    }
    await Promise.all(kept);
    assert.deepEqual(new KeptPreferences(memory).current, words.at(-1));
  });

  it('are kept where the answer to another change undoes them', async () => {
    const memory = new Memory();
    const preferences = new KeptPreferences(memory);
    let once = true;
    memory.meanwhile = () => {
      if (once) void memory.update('player.preferences', loud);
      once = false;
    };
    await preferences.keep({ volume: 0.2, muted: true });
    assert.deepEqual(new KeptPreferences(memory).current, { volume: 0.2, muted: true });
  });

  it('are those of another window that changes them later', async () => {
    const memory = new Memory();
    const [here, there] = [new KeptPreferences(memory), new KeptPreferences(memory)];
    await here.keep({ volume: 0.2, muted: true });
    await there.keep({ volume: 0.9, muted: false });
    assert.deepEqual(here.current, { volume: 0.9, muted: false });
  });

  it('are those that were said, in this window, where nothing can be kept', async () => {
    const broken = {
      get: () => undefined,
      keys: () => [],
      update: () => Promise.reject(new Error('no disk')),
    };
    const preferences = new KeptPreferences(broken);
    await assert.rejects(preferences.keep({ volume: 0.4, muted: false }), /no disk/);
    assert.deepEqual(preferences.current, { volume: 0.4, muted: false });
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
