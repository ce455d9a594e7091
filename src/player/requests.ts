import * as v from 'valibot';
import { ANSWERS, type Answer, type HostMessage, type RequestBody, type RequestKind } from './protocol.ts';

/** Why a request has no answer. `message` of a refusal is a sentence for a person. */
export class RequestError extends Error {
  readonly kind: 'refused' | 'malformed' | 'disposed';

  constructor(kind: RequestError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

interface Pending {
  readonly settle: (value: unknown) => void;
  readonly fail: (error: RequestError) => void;
}

/** The page's requests that wait for their answer. Disposing rejects them all. */
export class Requests {
  readonly #pending = new Map<number, Pending>();
  readonly #post: (message: { type: 'request'; id: number; body: RequestBody }) => void;
  #nextId = 0;
  #disposed = false;

  constructor(post: (message: { type: 'request'; id: number; body: RequestBody }) => void) {
    this.#post = post;
  }

  /** @throws {RequestError} (rejection) refused by the host, answered in another shape, or disposed. */
  ask<K extends RequestKind>(body: RequestBody & { readonly kind: K }): Promise<Answer<K>> {
    if (this.#disposed) return Promise.reject(new RequestError('disposed', 'The player is closed.'));
    const id = this.#nextId++;
    const schema = ANSWERS[body.kind];
    return new Promise((resolve, reject) => {
      this.#pending.set(id, {
        settle: value => {
          const parsed = v.safeParse(schema, value);
          if (parsed.success) resolve(parsed.output);
          else reject(new RequestError('malformed', `The answer to ${body.kind} is malformed.`));
        },
        fail: reject,
      });
      this.#post({ type: 'request', id, body });
    });
  }

  /** An answer nobody waits for is ignored: it came after its request was given up. */
  receive(message: Extract<HostMessage, { type: 'answer' | 'refusal' }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'answer') pending?.settle(message.value);
    else pending?.fail(new RequestError('refused', message.reason));
  }

  dispose(): void {
    this.#disposed = true;
    const error = new RequestError('disposed', 'The player is closed.');
    for (const pending of this.#pending.values()) pending.fail(error);
    this.#pending.clear();
  }
}
