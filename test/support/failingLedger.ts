import type { Ledger } from '../../src/tasks/ledger.ts';

/** The ledger, but writing this event fails so many times, as on a full disk. */
export function failing(ledger: Ledger, type: string, times: number): Ledger {
  let left = times;
  return new Proxy(ledger, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const event = args[1];
        const hits = typeof event === 'object' && event !== null && 'type' in event && event.type === type;
        if (name === 'apply' && hits && left-- > 0)
          return Promise.reject(new Error('database or disk is full'));
        return Reflect.apply(value, target, args);
      };
    },
  });
}
