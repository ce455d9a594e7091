import * as vscode from 'vscode';
import type { Task } from './tasks/task.ts';
import { toTask } from './tasks/record.ts';
import { Clients } from './workbench/accounts.ts';
import { Announcer } from './workbench/announcer.ts';
import { ApiKeys } from './workbench/apiKeys.ts';
import { adopt } from './workbench/commands/adoptTask.ts';
import {
  type CommandServices,
  generateFromArgument,
  generateFromSelection,
} from './workbench/commands/generateCommands.ts';
import { guarded } from './workbench/commands/guard.ts';
import {
  checkAccount,
  keyForSending,
  newKeyForSending,
  originWithKey,
  removeApiKey,
  setApiKey,
} from './workbench/commands/setApiKey.ts';
import { showCredits } from './workbench/commands/showCredits.ts';
import { taskCommands } from './workbench/commands/taskCommands.ts';
import { openLog } from './workbench/host/log.ts';
import { DeadlineWatch } from './workbench/deadlineWatch.ts';
import { Demo } from './workbench/demo.ts';
import { Drafts } from './workbench/generate/drafts.ts';
import { FolderMemory } from './workbench/generate/folderMemory.ts';
import type { GenerateOptions } from './workbench/generate/gesture.ts';
import { TextPreview } from './workbench/generate/textPreview.ts';
import { ParkedVideos } from './workbench/parkedVideos.ts';
import { registerPlayer } from './workbench/player/register.ts';
import { playerServices } from './workbench/playerServices.ts';
import { prepareSavedSound } from './workbench/preparedSound.ts';
import { Studio } from './workbench/studio.ts';
import { TaskTree } from './workbench/taskTree.ts';
import { Thumbnails } from './workbench/thumbnails.ts';

/** What other extensions get from `activate`. */
export interface SeedanceApi {
  generate(options: GenerateOptions): Promise<Task | undefined>;
  /** Newest first. */
  tasks(): readonly Task[];
  /** A task was added or changed. */
  readonly onDidChangeTask: vscode.Event<Task>;
}

/** Set while the extension is active: ends what is under way. */
let end: (() => Promise<void>) | undefined;

/** VS Code waits for it some seconds: a request on its way gets its answer into the ledger. */
export async function deactivate(): Promise<void> {
  await end?.();
}

export function activate(context: vscode.ExtensionContext): SeedanceApi {
  const start = performance.now();
  const log = openLog('Seedance Studio');
  const version = String(context.extension.packageJSON.version);
  const keys = new ApiKeys(context.secrets);
  const clients = new Clients(keys, version, log);
  const sessionServices = { clients, globalState: context.globalState, log };
  const studio = new Studio(context.globalStorageUri.fsPath, sessionServices);
  const demo = new Demo(context, studio, sessionServices);
  const thumbnails = new Thumbnails(studio, context.globalStorageUri.fsPath, log);
  const tree = new TaskTree(studio, thumbnails, Date.now);
  const parkedVideos = new ParkedVideos(studio, log);
  const keyServices = { keys, clients };
  const texts = new TextPreview();
  const folders = new FolderMemory(context.globalState);
  const services: CommandServices = {
    studio,
    key: session => (session.kind === 'demo' ? demo.key() : keyForSending(keyServices)),
    newKey: session => (session.kind === 'demo' ? demo.key() : newKeyForSending(keyServices)),
    checkAccount,
    folders,
    drafts: new Drafts(context.workspaceState),
    showText: (text, name) => texts.show(text, name),
    hideTexts: () => texts.hide(),
    reveal: id => tree.reveal(id),
  };
  const videos = playerServices(services, thumbnails, log);
  const player = registerPlayer(context, videos);
  const apiChanges = new vscode.EventEmitter<Task>();

  const commands: Record<string, (argument: unknown) => unknown> = {
    'seedance.generate': argument => generateFromArgument(argument, services),
    'seedance.generateVideo': () => generateFromArgument(undefined, services),
    'seedance.generateFromSelection': argument => generateFromSelection(argument, services),
    'seedance.setApiKey': argument => setApiKey(argument, keyServices),
    'seedance.removeApiKey': () => removeApiKey(keyServices),
    'seedance.showCredits': () => showCredits(studio, keyServices),
    'seedance.adoptTask': argument =>
      adopt(argument, studio.current, {
        clients,
        folders,
        originWithKey: session => (session.kind === 'demo' ? demo.origin() : originWithKey(keyServices)),
      }),
    'seedance.startDemo': () => demo.start(),
    'seedance.stopDemo': () => demo.stop(),
    'seedance.showLog': () => log.show(),
    'seedance.refresh': () => {
      for (const session of studio.open) session.follower.refresh();
      parkedVideos.refresh();
      tree.refresh();
    },
    ...taskCommands(services),
  };

  context.subscriptions.push(
    log,
    keys,
    studio,
    demo,
    thumbnails,
    tree,
    new Announcer(studio),
    new DeadlineWatch(studio, Date.now, () => tree.refresh()),
    parkedVideos,
    texts,
    apiChanges,
    keys.onDidChange(() => {
      for (const session of studio.open) session.follower.refresh();
    }),
    studio.onDidChangeTask(({ task }) => {
      if (task) apiChanges.fire(toTask(task));
    }),
    player,
    videos,
    prepareSavedSound(studio, player),
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(name, guarded(name, run, log)),
    ),
  );
  end = () => studio.end();
  studio.resume();
  performance.measure('seedance-studio.activate', { start });

  return {
    generate: options => generateFromArgument(options, services),
    tasks: () => studio.current.ledger.all().map(toTask),
    onDidChangeTask: apiChanges.event,
  };
}
