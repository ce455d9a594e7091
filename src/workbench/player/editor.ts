import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import {
  pageMessage,
  type HostMessage,
  type Media,
  type Preferences,
  type RequestBody,
} from '../../player/protocol.ts';
import { copyProblem } from './copyProblem.ts';
import { playerHtml } from './html.ts';
import { keepFrame } from './keepFrame.ts';
import { factsOfName, mediaFacts } from './mediaFacts.ts';
import { readSettings, type KeptPreferences } from './preferences.ts';
import type { PlayerServices } from './services.ts';
import type { SoundHost } from './soundHost.ts';
import { storyView } from './storyView.ts';
import { playerStrings } from './strings.ts';
import { watchFile } from './watchFile.ts';

/** What all players of a window share. */
export interface PlayerParts {
  readonly context: vscode.ExtensionContext;
  readonly services: PlayerServices;
  readonly sound: SoundHost;
  readonly preferences: KeptPreferences;
}

/** One tab that plays one video: gives the page what it shows and does what it asks. */
export class PlayerEditor implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #services: PlayerServices;
  readonly #sound: SoundHost;
  readonly #preferences: KeptPreferences;
  readonly #continues: string | undefined;
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  readonly #disposables: vscode.Disposable[] = [];
  #disposed = false;
  /** The page, which is a new one whenever it is shown again, has its video. */
  #opened = false;
  #page: string | undefined;
  #wantsThumbnail = false;

  /** @param continues name of a page in whose place this editor's comes */
  constructor(parts: PlayerParts, uri: vscode.Uri, panel: vscode.WebviewPanel, continues?: string) {
    this.#context = parts.context;
    this.#services = parts.services;
    this.#sound = parts.sound;
    this.#preferences = parts.preferences;
    this.uri = uri;
    this.panel = panel;
    this.#continues = continues;
  }

  /** Name of its page; of the one in whose place it comes, while it was never shown. */
  get page(): string | undefined {
    return this.#page ?? this.#continues;
  }

  /** Loads the page, and meanwhile prepares what it will ask for when it is ready. */
  open(): void {
    void this.#sound.prewarm(this.uri);
    const { webview } = this.panel;
    const dist = vscode.Uri.joinPath(this.#context.extensionUri, 'dist');
    const nonce = randomBytes(18).toString('base64url');
    webview.options = {
      enableScripts: true,
      enableForms: false,
      localResourceRoots: [dist, vscode.Uri.joinPath(this.uri, '..'), this.#sound.folder],
    };
    this.#disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      this.#services.onDidChangeStory(uri => {
        if (!uri || uri.toString() === this.uri.toString()) void this.#sendStory();
      }),
      ...this.#watch(),
    );
    webview.html = playerHtml({
      cspSource: webview.cspSource,
      nonce,
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'player.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'player.css')).toString(),
      language: vscode.env.language,
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #watch(): vscode.Disposable[] {
    const watcher = watchFile(this.uri);
    return [
      watcher,
      watcher.onDidChange(() => void this.#sendMedia()),
      watcher.onDidCreate(() => void this.#sendMedia()),
      watcher.onDidDelete(() => this.#postGone()),
    ];
  }

  #post(message: HostMessage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- VS Code's webview, not a window
    if (!this.#disposed) void this.panel.webview.postMessage(message);
  }

  #postGone(): void {
    this.#post({ type: 'gone', text: vscode.l10n.t('This video was deleted or moved.') });
  }

  #receive(raw: unknown): void {
    const parsed = v.safeParse(pageMessage, raw);
    if (!parsed.success) {
      // The message repeats what it complains of.
      const why = parsed.issues[0].message.slice(0, 200);
      this.#services.log.warn(`player: a malformed message was dropped: ${why}`);
      return;
    }
    const message = parsed.output;
    switch (message.type) {
      case 'ready':
        this.#page = message.page;
        void this.#start();
        break;
      case 'aac':
        this.#sound.remember(message.decodes);
        break;
      case 'preferences':
        void this.#keep(message.preferences);
        break;
      case 'thumbnail':
        if (this.#wantsThumbnail) void this.#services.saveThumbnail(this.uri, message.png);
        this.#wantsThumbnail = false;
        break;
      case 'toggleFullscreen':
        void vscode.commands.executeCommand('workbench.action.toggleZenMode');
        break;
      case 'log':
        this.#services.log.info(`player: ${message.text}`);
        break;
      case 'request':
        void this.#answer(message.id, message.body);
        break;
    }
  }

  async #start(): Promise<void> {
    const [media, story, wantsThumbnail] = await Promise.all([
      this.#media(),
      this.#story(),
      this.#services.wantsThumbnail(this.uri),
    ]);
    this.#opened = media !== undefined;
    if (!media) {
      this.#postGone();
      return;
    }
    this.#wantsThumbnail = wantsThumbnail;
    this.#post({
      type: 'open',
      media,
      ...(story && { story }),
      strings: playerStrings(),
      preferences: this.#preferences.current,
      settings: readSettings(vscode.workspace.getConfiguration('seedance.player')),
      wantsThumbnail,
      ...(this.#continues !== undefined && { continues: this.#continues }),
    });
  }

  async #keep(preferences: Preferences): Promise<void> {
    try {
      await this.#preferences.keep(preferences);
      this.#post({ type: 'kept', preferences });
    } catch (error) {
      this.#services.log.warn(`player: volume and mute could not be kept: ${String(error)}`);
    }
  }

  /** Undefined when the file is not there. */
  async #media(): Promise<Media | undefined> {
    try {
      const { mtime, size } = await vscode.workspace.fs.stat(this.uri);
      const facts =
        this.uri.scheme === 'file' ? await mediaFacts(this.uri.fsPath) : factsOfName(this.uri.path);
      return {
        url: this.#address(this.uri, `${mtime}-${size}`),
        name: posix.basename(this.uri.path),
        ...facts,
      };
    } catch {
      return undefined;
    }
  }

  /** The query makes the page load a file anew that was replaced. */
  #address(uri: vscode.Uri, version: string): string {
    return this.panel.webview
      .asWebviewUri(uri)
      .with({ query: `v=${version}` })
      .toString();
  }

  async #sendMedia(): Promise<void> {
    if (!this.#opened) return await this.#start();
    const media = await this.#media();
    if (media) this.#post({ type: 'media', media });
    else this.#postGone();
  }

  async #story() {
    const story = await this.#services.describe(this.uri);
    return story && storyView(story, vscode.env.language);
  }

  async #sendStory(): Promise<void> {
    const story = await this.#story();
    this.#post({ type: 'story', ...(story && { story }) });
  }

  async #answer(id: number, body: RequestBody): Promise<void> {
    try {
      this.#post({ type: 'answer', id, value: await this.#do(body) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#services.log.warn(`player: ${body.kind} failed: ${reason}`);
      this.#post({ type: 'refusal', id, reason });
    }
  }

  async #do(body: RequestBody): Promise<unknown> {
    switch (body.kind) {
      case 'action':
        await this.#services.runAction(body.action, this.uri);
        return {};
      case 'playbackCopy':
        return { url: await this.#playbackCopy() };
      case 'saveFrame':
        return { name: await keepFrame(this.uri, body.png, body) };
      default:
        return body satisfies never;
    }
  }

  async #playbackCopy(): Promise<string> {
    if (this.uri.scheme !== 'file')
      throw new Error(vscode.l10n.t('the file is not on the machine where VS Code runs its extensions.'));
    try {
      const copy = vscode.Uri.file(await this.#sound.copies.get(this.uri.fsPath));
      const { mtime, size } = await vscode.workspace.fs.stat(this.uri);
      return this.#address(copy, `${mtime}-${size}`);
    } catch (error) {
      this.#services.log.warn(`player: no playback copy of ${this.uri.fsPath}: ${String(error)}`);
      throw new Error(copyProblem(error), { cause: error });
    }
  }
}
