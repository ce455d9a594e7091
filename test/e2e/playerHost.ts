/** Plays the extension's part for the player's page in a plain browser: serves it as a webview would be, and answers it. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { registerHooks } from 'node:module';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import {
  STRING_KEYS,
  pageMessage,
  playerStrings,
  type HostMessage,
  type OpenMessage,
  type PageMessage,
  type PlayerStrings,
} from '../../src/player/protocol.ts';
import { playerHtml } from '../../src/workbench/player/html.ts';
import { waitFor } from '../support/waitFor.ts';

const NONCE = 'test-nonce';
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  mp4: 'video/mp4',
  webm: 'video/webm',
};

export interface PlayerHost extends AsyncDisposable {
  readonly url: string;
  /** What the page said since it was opened, in order. */
  readonly received: PageMessage[];
  /** Address of a file that the page may load. @param delay milliseconds before each answer */
  mediaUrl(file: string, delay?: number): string;
  /** Loads the page and opens the player; `answer` is called for each request. */
  open(page: Page, open: Partial<OpenMessage> & Pick<OpenMessage, 'media'>): Promise<void>;
  send(page: Page, message: HostMessage): Promise<void>;
  answer: (message: Extract<PageMessage, { type: 'request' }>) => HostMessage | undefined;
  /** False: what is said of volume and mute is lost on its way. */
  hears: boolean;
}

const PATTERNS: Readonly<Record<string, string>> = {
  frame: 'frame {0}',
  frameOf: 'frame {0} of {1}',
  position: '{0} of {1}',
  speedValue: 'Speed {0}×',
  volumeValue: 'Volume {0} %',
  backwards: 'Backwards {0}×',
  frameSaved: 'Saved as {0}.',
  frameFailed: 'The frame could not be saved: {0}',
  noSound: 'This video plays without sound: {0}',
};

/** `generateAgain` becomes `Generate again`. */
function words(key: string): string {
  const spaced = key.replaceAll(/[A-Z]/g, capital => ` ${capital.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** English stand-ins: the page's texts are made by the extension. */
export const testStrings = v.parse(
  playerStrings,
  Object.fromEntries(STRING_KEYS.map(key => [key, PATTERNS[key] ?? words(key)])),
);

/** The texts as people read them: the extension makes them with `l10n.t`, which gives English where there is no VS Code. */
export async function englishStrings(): Promise<PlayerStrings> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode'
        ? { url: 'data:text/javascript,export const l10n = { t: text => text };', shortCircuit: true }
        : next(specifier, context),
  });
  try {
    const { playerStrings: make } = await import('../../src/workbench/player/strings.ts');
    return make();
  } finally {
    hooks.deregister();
  }
}

/** The page's `acquireVsCodeApi`: its state lives as long as the tab. */
const VSCODE_API = `globalThis.acquireVsCodeApi = () => ({
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: value => sessionStorage.setItem('state', JSON.stringify(value)),
  postMessage: message => void hostReceive(JSON.stringify(message, (_key, value) =>
    value instanceof Uint8Array ? { bytes: [...value] } : value)),
});`;

/** Undoes what the stub above did to binary data, and checks the message as the extension does. */
function revive(json: string): PageMessage {
  const message: unknown = JSON.parse(json, (_key, value: unknown) =>
    v.is(v.strictObject({ bytes: v.array(v.number()) }), value) ? Uint8Array.from(value.bytes) : value,
  );
  return v.parse(pageMessage, message);
}

export async function startPlayerHost(dist: string): Promise<PlayerHost> {
  const files = new Map([
    ['/player.js', { path: `${dist}/player.js`, delay: 0 }],
    ['/player.css', { path: `${dist}/player.css`, delay: 0 }],
  ]);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = files.get(path);
    if (path === '/') {
      const origin = `http://${request.headers.host}`;
      response.setHeader('Content-Type', 'text/html');
      response.end(
        playerHtml({
          cspSource: origin,
          nonce: NONCE,
          scriptUri: `${origin}/player.js`,
          styleUri: `${origin}/player.css`,
          language: 'en',
        }),
      );
    } else if (file) setTimeout(() => void sendFile(response, file.path, request.headers.range), file.delay);
    else response.writeHead(404).end();
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const received: PageMessage[] = [];

  const host: PlayerHost = {
    url,
    received,
    answer: () => undefined,
    hears: true,
    mediaUrl(file, delay = 0) {
      const path = `/media/${files.size}.${file.split('.').pop()}`;
      files.set(path, { path: file, delay });
      return `${url}${path}`;
    },
    async send(page, message) {
      await askUntouched(page, `postMessage(${JSON.stringify(message)}, '*')`);
    },
    async open(page, open) {
      const message: OpenMessage = {
        type: 'open',
        strings: testStrings,
        preferences: { volume: 1, muted: false },
        settings: { loop: true, autoplay: true },
        wantsThumbnail: false,
        ...open,
      };
      received.length = 0;
      const receive = async (json: string): Promise<void> => {
        const raw = revive(json);
        if (raw.type === 'preferences' && !host.hears) return;
        received.push(raw);
        if (raw.type === 'preferences') await host.send(page, { type: 'kept', preferences: raw.preferences });
        if (raw.type === 'ready') await host.send(page, message);
        if (raw.type !== 'request') return;
        const reply = host.answer(raw);
        if (reply) await host.send(page, reply);
      };
      const session = await page.context().newCDPSession(page);
      session.on('Runtime.bindingCalled', ({ payload }) => void receive(payload));
      await session.send('Runtime.enable');
      await session.send('Runtime.addBinding', { name: 'hostReceive' });
      await page.addInitScript(VSCODE_API);
      await page.goto(url);
      await waitFor('the player', () =>
        askUntouched<boolean>(page, "document.querySelector('video') !== null"),
      );
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await closed(server);
    },
  };
  return host;
}

/** Evaluates as a debugger does. Playwright's own way counts as a touch, after which a page may be heard. */
export async function askUntouched<T>(page: Page, expression: string): Promise<T> {
  const session = await page.context().newCDPSession(page);
  try {
    const { result } = await session.send('Runtime.evaluate', { expression, returnByValue: true });
    const value: T = result.value;
    return value;
  } finally {
    await session.detach();
  }
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
  });
}

/** Answers one byte range, as VS Code's resource server does. */
async function sendFile(response: ServerResponse, file: string, range: string | undefined): Promise<void> {
  const { size } = await stat(file);
  response.setHeader('Content-Type', TYPES[file.split('.').pop() ?? ''] ?? 'application/octet-stream');
  response.setHeader('Accept-Ranges', 'bytes');
  if (size === 0) return void response.writeHead(200).end();
  const match = range && /^bytes=(\d+)-(\d*)$/.exec(range);
  const start = match ? Number(match[1]) : 0;
  const end = match?.[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  if (match) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  response.writeHead(match ? 206 : 200, { 'Content-Length': end - start + 1 });
  createReadStream(file, { start, end }).pipe(response);
}
