import * as vscode from 'vscode';
import { type ClientLimits, EvoLinkClient, normaliseBaseUrl } from '../evolink/client.ts';
import type { ApiKeys } from './apiKeys.ts';
import { apiBaseUrl } from './settings.ts';
import type { Log } from './host/log.ts';

/** The EvoLink that requests go to. */
export interface Account {
  readonly origin: string;
  readonly baseUrl: string;
}

/** The account of the settings; undefined where `apiBaseUrl` is no acceptable address. */
export function accountOfSettings(): Account | undefined {
  const address = normaliseBaseUrl(apiBaseUrl());
  return 'problem' in address ? undefined : address;
}

/** Makes the clients that speak with EvoLink: each gets the key of its own origin only. */
export class Clients {
  readonly #keys: Pick<ApiKeys, 'get'>;
  readonly #userAgent: string;
  readonly #log: Log;

  constructor(keys: Pick<ApiKeys, 'get'>, version: string, log: Log) {
    this.#keys = keys;
    this.#userAgent = `seedance-studio/${version} vscode/${vscode.version}`;
    this.#log = log;
  }

  /** The client for a task's origin; undefined where there is no key for it. */
  async forOrigin(origin: string, limits?: Partial<ClientLimits>): Promise<EvoLinkClient | undefined> {
    const key = await this.#keys.get(origin);
    if (key === undefined) return undefined;
    const account = accountOfSettings();
    return this.withKey(account?.origin === origin ? account.baseUrl : origin, key, limits);
  }

  /** A client with a key that is not kept yet, to try it. */
  withKey(baseUrl: string, key: string, limits: Partial<ClientLimits> = {}): EvoLinkClient {
    return new EvoLinkClient({
      baseUrl,
      key,
      limits,
      userAgent: this.#userAgent,
      log: (level, line) => this.#log[level](line),
    });
  }
}
