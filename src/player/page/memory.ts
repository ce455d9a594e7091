import * as v from 'valibot';
import { pageState, preferences, type PageState, type Preferences } from '../protocol.ts';

const PREFERENCES = 'seedance.player.preferences';
const STATES = 'seedance.player.states';
/** Of how many pages the state is remembered here. */
const MAX_STATES = 20;
const states = v.array(v.tuple([v.string(), pageState]));

/** VS Code's own memory of a page: it lasts across a reload of the window. */
export interface StateKeeper {
  getState(): unknown;
  setState(state: PageState): void;
}

/**
 * What a page says last, kept where the next page finds it: a message that is on its way when its page goes is lost. The origin's
 * storage is written at once, and VS Code gives all players of a window, before and after, one origin. Where a browser refuses it,
 * messages alone must do.
 */
export class PageMemory {
  readonly #keeper: StateKeeper;
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
  /** Names this page and those that VS Code makes of it later. */
  readonly id: string;
  readonly #restored: PageState | undefined;

  constructor(keeper: StateKeeper, storage = originStorage()) {
    this.#keeper = keeper;
    this.#storage = storage;
    const kept = v.safeParse(pageState, keeper.getState());
    this.id = (kept.success ? kept.output.id : undefined) ?? `${Date.now()}-${Math.random()}`;
    this.#restored = this.#stateOf(this.id) ?? (kept.success ? kept.output : undefined);
  }

  /** What the page was doing when it went. @param continues id of another page, in whose place this one came */
  state(continues?: string): PageState | undefined {
    return this.#restored ?? (continues === undefined ? undefined : this.#stateOf(continues));
  }

  save(state: PageState): void {
    const own = { ...state, id: this.id };
    this.#keeper.setState(own);
    const others = this.#states.filter(([id]) => id !== this.id);
    this.#write(STATES, [...others.slice(1 - MAX_STATES), [this.id, own]]);
  }

  /** What no extension has confirmed yet: said by this page, or by one that went before. */
  get unconfirmed(): Preferences | undefined {
    const found = v.safeParse(preferences, this.#read(PREFERENCES));
    return found.success ? found.output : undefined;
  }

  /** To be called before it is said. */
  say(said: Preferences): void {
    this.#write(PREFERENCES, said);
  }

  /** The extension has kept this. */
  confirm({ volume, muted }: Preferences): void {
    const open = this.unconfirmed;
    if (open?.volume === volume && open.muted === muted) this.#storage?.removeItem(PREFERENCES);
  }

  get #states(): v.InferOutput<typeof states> {
    const found = v.safeParse(states, this.#read(STATES));
    return found.success ? found.output : [];
  }

  #stateOf(id: string): PageState | undefined {
    return this.#states.find(([of]) => of === id)?.[1];
  }

  #read(name: string): unknown {
    try {
      return JSON.parse(this.#storage?.getItem(name) ?? 'null');
    } catch {
      return undefined;
    }
  }

  #write(name: string, value: unknown): void {
    try {
      this.#storage?.setItem(name, JSON.stringify(value));
    } catch {
      // it is full, or forbidden by now
    }
  }
}

function originStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
