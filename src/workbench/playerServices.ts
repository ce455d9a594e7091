import * as vscode from 'vscode';
import { PRICE_TABLE } from '../evolink/pricing.ts';
import type { VideoStory } from '../player/protocol.ts';
import type { TaskRecord } from '../tasks/record.ts';
import {
  MAX_SIDECAR_BYTES,
  parseSidecar,
  readSidecar,
  sidecarPath,
  type Sidecar,
} from '../videos/sidecar.ts';
import { resolveUri } from '../videos/uris.ts';
import { copyMarkdown } from './commands/copyMarkdown.ts';
import { generateFromInput, type CommandServices } from './commands/generateCommands.ts';
import { taskOfVideo } from './commands/taskCommands.ts';
import { generateVideos } from './generate/generateVideos.ts';
import type { GenerateOptions } from './generate/gesture.ts';
import { openSource, type SourcePlace } from './openSource.ts';
import type { PlayerServices } from './player/services.ts';
import { quietly } from './refusal.ts';
import { stateLabel } from './taskLabels.ts';
import type { Thumbnails } from './thumbnails.ts';
import type { Log } from './host/log.ts';

/** What the player knows and does: from the list of tasks, and for videos made elsewhere from the sidecar beside them. */
export function playerServices(
  services: CommandServices,
  thumbnails: Thumbnails,
  log: Log,
): PlayerServices & vscode.Disposable {
  const { studio } = services;
  const stories = new vscode.EventEmitter<vscode.Uri | undefined>();
  const listener = studio.onDidChangeTask(({ task }) => {
    if (task?.video) stories.fire(vscode.Uri.parse(task.video.uri));
  });
  return {
    dispose: () => {
      listener.dispose();
      stories.dispose();
    },
    describe: async uri => {
      const task = taskOfVideo(studio, uri);
      if (task) return storyOf(task);
      const sidecar = await sidecarOf(uri);
      return sidecar && storyOfSidecar(sidecar, uri);
    },
    runAction: async (action, uri) => {
      const task = taskOfVideo(studio, uri);
      switch (action) {
        case 'openExternally':
          if (!(await vscode.env.openExternal(uri)))
            throw new Error(vscode.l10n.t('the system opened no player.'));
          return;
        case 'copyMarkdown':
          await copyMarkdown(uri, task?.prompt ?? (await sidecarOf(uri))?.request.prompt);
          return;
        case 'generateAgain':
        case 'editAndGenerate':
        case 'openSource':
          if (task) await vscode.commands.executeCommand(`seedance.${action}`, task.id);
          else await runOnSidecar(action, uri, services);
      }
    },
    onDidChangeStory: stories.event,
    wantsThumbnail: uri => thumbnails.isWanted(uri),
    saveThumbnail: (uri, png) => thumbnails.keep(uri, png),
    log,
  };
}

async function runOnSidecar(
  action: 'generateAgain' | 'editAndGenerate' | 'openSource',
  uri: vscode.Uri,
  services: CommandServices,
): Promise<void> {
  const sidecar = await sidecarOf(uri);
  if (!sidecar) throw new Error(vscode.l10n.t('nothing is known of how this video was made.'));
  const { prompt, ...options } = optionsOf(sidecar);
  const gesture = { caller: 'sidecar', options, resource: uri, source: undefined } as const;
  if (action === 'generateAgain')
    await quietly(() => generateVideos({ ...gesture, texts: [{ ...gesture, text: prompt }] }, services));
  else if (action === 'editAndGenerate')
    await generateFromInput({ ...gesture, about: uri.toString(), value: prompt }, services);
  else {
    const source = sourceOf(sidecar, uri);
    if (!source) throw new Error(vscode.l10n.t('nothing is known of where this video comes from.'));
    if (!(await openSource(source)))
      throw new Error(vscode.l10n.t('the text that this video was made of is not there any more.'));
  }
}

async function sidecarOf(uri: vscode.Uri): Promise<Sidecar | undefined> {
  if (uri.scheme === 'file') return await readSidecar(uri.fsPath);
  const sidecar = uri.with({ path: sidecarPath(uri.path) });
  try {
    const { type, size } = await vscode.workspace.fs.stat(sidecar);
    if (type !== vscode.FileType.File || size > MAX_SIDECAR_BYTES) return undefined;
    return parseSidecar(Buffer.from(await vscode.workspace.fs.readFile(sidecar)).toString('utf8'));
  } catch {
    return undefined;
  }
}

function storyOf(task: TaskRecord): VideoStory {
  const { request, source, credits } = task;
  return {
    prompt: task.prompt,
    state: stateLabel(task.state),
    taskId: task.id,
    options: {
      model: request.model,
      duration: request.duration,
      quality: request.quality,
      aspectRatio: request.aspect_ratio,
      generateAudio: request.generate_audio,
      contentFilter: request.content_filter,
      webSearch: request.model_params?.web_search ?? false,
    },
    ...costOf(credits),
    ...(source ? { source } : {}),
  };
}

function storyOfSidecar(sidecar: Sidecar, video: vscode.Uri): VideoStory {
  const { request } = sidecar;
  const source = sourceOf(sidecar, video);
  return {
    prompt: request.prompt,
    state: stateLabel(sidecar.state),
    options: {
      model: request.model,
      ...(request.duration === undefined ? {} : { duration: request.duration }),
      ...(request.quality === undefined ? {} : { quality: request.quality }),
      ...(request.aspect_ratio === undefined ? {} : { aspectRatio: request.aspect_ratio }),
      ...(request.generate_audio === undefined ? {} : { generateAudio: request.generate_audio }),
      ...(request.content_filter === undefined ? {} : { contentFilter: request.content_filter }),
      webSearch: request.model_params?.web_search ?? false,
    },
    ...costOf(sidecar.credits ?? {}),
    ...(source && { source }),
  };
}

/** Where the text is now, as far as it lies in the video's workspace folder. */
function sourceOf({ source }: Sidecar, video: vscode.Uri): SourcePlace | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(video);
  if (!folder || source?.uri === undefined) return undefined;
  const uri = resolveUri(source.uri, sidecarPath(video.toString()), folder.uri.toString());
  if (uri === undefined) return undefined;
  const { cell, text } = source;
  return {
    uri,
    line: Math.floor(source.line ?? 0),
    ...(cell === undefined ? {} : { cell: Math.floor(cell) }),
    ...(text === undefined ? {} : { text }),
  };
}

function costOf(credits: {
  readonly charged?: number | undefined;
  readonly reserved?: number | undefined;
  readonly estimated?: number | undefined;
}): Pick<VideoStory, 'cost'> {
  const cost = credits.charged ?? credits.reserved ?? credits.estimated;
  return cost === undefined ? {} : { cost: { credits: cost, usd: cost / PRICE_TABLE.creditsPerUsd } };
}

/** A file from anywhere says it: everything is checked by the request's own rules, and it is always asked, with what it shows. */
function optionsOf({ request }: Sidecar): GenerateOptions {
  return {
    prompt: request.prompt,
    model: request.model,
    duration: request.duration,
    quality: request.quality,
    aspectRatio: request.aspect_ratio,
    generateAudio: request.generate_audio,
    contentFilter: request.content_filter,
    webSearch: request.model_params?.web_search,
  };
}
