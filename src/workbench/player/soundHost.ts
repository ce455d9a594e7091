import * as v from 'valibot';
import * as vscode from 'vscode';
import { convertInWorker } from '../../sound/convert.ts';
import { PlaybackCopies } from './playbackCopies.ts';
import type { Log } from '../host/log.ts';

const KEY = 'player.decodesAac';
const memory = v.object({ build: v.string(), decodes: v.boolean() });

/** The extension's part in making videos heard: playback copies, and what is known of this VS Code's decoders. */
export class SoundHost implements vscode.Disposable {
  /** Where the copies are: pages must be allowed to read it. */
  readonly folder: vscode.Uri;
  readonly copies: PlaybackCopies;
  readonly #state: vscode.Memento;
  readonly #log: Log;

  constructor(context: vscode.ExtensionContext, log: Log) {
    this.#state = context.globalState;
    this.#log = log;
    this.folder = vscode.Uri.joinPath(context.globalStorageUri, 'playback');
    const worker = context.asAbsolutePath('dist/convertWorker.cjs');
    this.copies = new PlaybackCopies({
      folder: this.folder.fsPath,
      convert: async (source, target, signal) => {
        const start = performance.now();
        const result = await convertInWorker(worker, { source, target, signal });
        const milliseconds = Math.round(performance.now() - start);
        log.debug(`player: playback copy of ${source}: ${result.kind} in ${milliseconds} ms`);
        return result;
      },
      now: Date.now,
    });
    void this.copies.clean();
  }

  /** What a page has found out about this build of VS Code. */
  remember(decodes: boolean): void {
    const known = this.#known();
    if (known === decodes) return;
    this.#log.info(`player: this VS Code ${decodes ? 'decodes' : 'does not decode'} AAC`);
    void this.#state.update(KEY, { build: build(), decodes });
  }

  /** Makes the copy of a video before anyone asks, where pages are known to need it. Never rejects. */
  async prewarm(uri: vscode.Uri): Promise<void> {
    if (this.#known() !== false || uri.scheme !== 'file') return;
    try {
      await this.copies.get(uri.fsPath);
    } catch (error) {
      this.#log.warn(`player: no playback copy of ${uri.fsPath}: ${String(error)}`);
    }
  }

  dispose(): void {
    this.copies.dispose();
  }

  #known(): boolean | undefined {
    const parsed = v.safeParse(memory, this.#state.get(KEY));
    return parsed.success && parsed.output.build === build() ? parsed.output.decodes : undefined;
  }
}

/** A browser and a desktop that share an extension host differ in their decoders. */
function build(): string {
  return `${vscode.version} ${vscode.env.appHost} ${vscode.env.uiKind}`;
}
