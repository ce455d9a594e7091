import * as vscode from 'vscode';
import type { Simulator } from '../simulator/server.ts';
import { Clients } from './accounts.ts';
import { actions, tell } from './actions.ts';
import type { SendingKey } from './generate/gesture.ts';
import type { SessionServices } from './session.ts';
import type { Studio } from './studio.ts';

/** How many times faster than EvoLink the demo is: a video takes some seconds. */
const DEMO_SPEED = 20;

/** Credits of the demo's account: it must never send anybody to EvoLink's till. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

/** The demo: the local simulator in this window in place of EvoLink, with a list of tasks of its own. */
export class Demo implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #studio: Studio;
  readonly #services: SessionServices;
  #simulator: Promise<Simulator> | undefined;

  constructor(context: vscode.ExtensionContext, studio: Studio, services: SessionServices) {
    this.#context = context;
    this.#studio = studio;
    this.#services = services;
  }

  /** Origin of the running demo. */
  async origin(): Promise<string | undefined> {
    return (await this.#simulator)?.url;
  }

  /** The demo's own key stands for the user's. */
  async key(): Promise<SendingKey | undefined> {
    const origin = await this.origin();
    return origin === undefined ? undefined : { origin, isFresh: false, refused: () => Promise.resolve() };
  }

  /** `seedance.startDemo` */
  async start(): Promise<void> {
    if (this.#simulator) return;
    const starting = (this.#simulator = this.#startSimulator());
    let simulator: Simulator;
    try {
      simulator = await starting;
    } catch (error) {
      this.#simulator = undefined;
      this.#services.log.error(`The demo did not start: ${String(error)}`);
      void tell(
        'error',
        vscode.l10n.t('The demo could not be started.'),
        actions.tryAgain('seedance.startDemo'),
        actions.showLog(),
      );
      return;
    }
    if (this.#simulator !== starting) return; // stopped meanwhile
    const keys = {
      get: (origin: string) => Promise.resolve(origin === simulator.url ? simulator.key : undefined),
    };
    const version = String(this.#context.extension.packageJSON.version);
    try {
      this.#studio.startDemo({ ...this.#services, clients: new Clients(keys, version, this.#services.log) });
    } catch (error) {
      // A simulator without a list of tasks would be in the way of the next start.
      this.#simulator = undefined;
      await simulator.close();
      throw error;
    }
    await vscode.commands.executeCommand('setContext', 'seedance.demo', true);
    void tell(
      'information',
      vscode.l10n.t(
        'Demo started: every video is a sample clip, and nothing is charged. Select text and generate, or type a prompt.',
      ),
      actions.typePrompt(),
      { title: vscode.l10n.t('Stop Demo'), command: 'seedance.stopDemo' },
    );
  }

  /** `seedance.stopDemo` */
  async stop(): Promise<void> {
    const simulator = this.#simulator;
    this.#simulator = undefined;
    await this.#studio.stopDemo();
    await vscode.commands.executeCommand('setContext', 'seedance.demo', false);
    await (await simulator)?.close();
  }

  /** Loaded now: nobody else needs the simulator. */
  async #startSimulator(): Promise<Simulator> {
    const { startSimulator } = await import('../simulator/server.ts');
    const media = vscode.Uri.joinPath(this.#context.extensionUri, 'media', 'demo');
    return await startSimulator({
      speed: DEMO_SPEED,
      credits: ENDLESS,
      clip: vscode.Uri.joinPath(media, 'clip.mp4').fsPath,
      silentClip: vscode.Uri.joinPath(media, 'clip-silent.mp4').fsPath,
    });
  }

  dispose(): void {
    void this.#simulator?.then(simulator => simulator.close());
  }
}
