import * as vscode from 'vscode';
import type { TaskRecord } from '../../tasks/record.ts';
import { isAllowed, type TaskEvent } from '../../tasks/transitions.ts';
import { actions, tell } from '../actions.ts';
import { generateVideos } from '../generate/generateVideos.ts';
import type { GenerateOptions, Gesture } from '../generate/gesture.ts';
import { sendAgain } from '../generate/sendAgain.ts';
import { askModal, pickOne } from '../host/ask.ts';
import { openSource } from '../openSource.ts';
import { playVideo } from '../playVideo.ts';
import { quietly } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isEditorGroup, shownVideo } from '../shownVideo.ts';
import type { Studio } from '../studio.ts';
import { promptLabel } from '../taskLabels.ts';
import { checkTask } from './checkOutcome.ts';
import { copyMarkdown } from './copyMarkdown.ts';
import { generateFromInput, type CommandServices } from './generateCommands.ts';
import { saveElsewhere } from './saveElsewhere.ts';

/** Columns of a prompt in a list to pick from. */
const PICK_COLUMNS = 80;

interface Found {
  readonly session: Session;
  readonly task: TaskRecord;
}

/** The commands that act on a task. Each takes a task, its id, or the uri of its video. */
export function taskCommands(
  services: CommandServices,
): Record<string, (argument: unknown) => Promise<unknown>> {
  const { studio } = services;

  /** The task that a command is about; asks where none was given. Tells where there is none. */
  async function find(argument: unknown, suits: (task: TaskRecord) => boolean): Promise<Found | undefined> {
    const { current } = studio;
    const id = idOf(argument, studio);
    const found = id === undefined ? undefined : studio.find(id);
    if (found) return found;
    if (argument !== undefined) {
      void tell('warning', vscode.l10n.t('This task is not in the list any more.'), actions.showTasks());
      return undefined;
    }
    const tasks = current.ledger.all().filter(suits);
    if (tasks.length === 0) {
      void tell(
        'information',
        vscode.l10n.t('There is no task in the list that this can be done with.'),
        actions.showTasks(),
      );
      return undefined;
    }
    const task = await pickOne(
      tasks.map(value => ({
        label: promptLabel(value.prompt, PICK_COLUMNS),
        description: value.remoteId ?? '',
        value,
      })),
      { placeHolder: vscode.l10n.t('Which task?') },
    );
    return task && { session: current, task };
  }

  /** The tasks of a list of ids, as far as they are in one list with the first; undefined where the argument is no list. */
  function findAll(argument: unknown): { session: Session; tasks: readonly TaskRecord[] } | undefined {
    if (!Array.isArray(argument)) return undefined;
    const found = [...new Set<unknown>(argument)].flatMap(id =>
      typeof id === 'string' ? (studio.find(id) ?? []) : [],
    );
    const session = found[0]?.session ?? studio.current;
    return { session, tasks: found.filter(one => one.session === session).map(({ task }) => task) };
  }

  async function move(
    argument: unknown,
    type: TaskEvent['type'],
    event: (found: Found) => TaskEvent,
  ): Promise<void> {
    const found = await find(argument, task => isAllowed(task.state, type));
    if (!found) return;
    if (!isAllowed(found.task.state, type)) {
      tellNotNow();
      return;
    }
    await found.session.ledger.apply(found.task.id, event(found));
  }

  return {
    'seedance.play': async argument => {
      if (argument instanceof vscode.Uri) return await playVideo(argument, 'foreground');
      const about = isEditorGroup(argument) ? undefined : argument;
      const shown = about === undefined ? shownVideo() : undefined;
      if (shown) return await playVideo(shown, 'foreground');
      const found = await find(about, task => task.video !== undefined);
      if (found?.task.video) await playVideo(vscode.Uri.parse(found.task.video.uri), 'foreground');
      return undefined;
    },
    'seedance.showTask': async argument => {
      const found = await find(argument, () => true);
      if (found) await services.reveal(found.task.id);
    },
    'seedance.openSource': async argument => {
      const found = await find(argument, task => task.source !== undefined);
      if (!found?.task.source || (await openSource(found.task.source))) return;
      void tell(
        'warning',
        vscode.l10n.t('The text that this video was made of is not there any more.'),
        actions.copyPrompt(found.task.id),
      );
    },
    'seedance.revealVideo': async argument => {
      const found = await find(argument, task => task.video !== undefined);
      if (!found?.task.video) return;
      const video = vscode.Uri.parse(found.task.video.uri);
      const isInExplorer = vscode.workspace.getWorkspaceFolder(video) !== undefined;
      await vscode.commands.executeCommand(isInExplorer ? 'revealInExplorer' : 'revealFileInOS', video);
    },
    'seedance.copyPrompt': async argument => {
      const found = await find(argument, () => true);
      if (found) await vscode.env.clipboard.writeText(found.task.prompt);
    },
    'seedance.copyTaskId': async argument => {
      const found = await find(argument, task => task.remoteId !== undefined);
      if (found?.task.remoteId !== undefined) await vscode.env.clipboard.writeText(found.task.remoteId);
    },
    'seedance.copyMarkdown': async argument => {
      if (argument instanceof vscode.Uri)
        return await copyMarkdown(argument, taskOfVideo(studio, argument)?.prompt);
      const found = await find(argument, task => task.video !== undefined);
      const video = found?.task.video;
      return video && (await copyMarkdown(vscode.Uri.parse(video.uri), found.task.prompt));
    },
    'seedance.generateAgain': async argument => {
      const found = await find(argument, () => true);
      if (!found) return undefined;
      const { prompt, ...options } = optionsOf(found.task);
      const texts = [{ text: prompt, ...placeOf(found.task) }];
      const gesture: Gesture = { caller: 'call', texts, options: { ...options, again: true } };
      return (await quietly(() => generateVideos(gesture, services)))?.[0];
    },
    'seedance.editAndGenerate': async argument => {
      const found = await find(argument, () => true);
      if (!found) return undefined;
      const { prompt, ...options } = optionsOf(found.task);
      const about = found.task.id;
      return await generateFromInput(
        { caller: 'call', about, value: prompt, options, ...placeOf(found.task) },
        services,
      );
    },
    'seedance.stopFollowing': argument => move(argument, 'stopFollowing', () => ({ type: 'stopFollowing' })),
    'seedance.resumeFollowing': argument =>
      move(argument, 'resumeFollowing', () => ({ type: 'resumeFollowing' })),
    'seedance.downloadAgain': argument => move(argument, 'downloadAgain', () => ({ type: 'downloadAgain' })),
    'seedance.saveElsewhere': async argument => {
      const found = await find(argument, task => isAllowed(task.state, 'retarget'));
      if (!found) return undefined;
      if (isAllowed(found.task.state, 'retarget')) return await saveElsewhere(found, argument);
      tellNotNow();
      return false;
    },
    'seedance.sendAgain': async argument => {
      const several = findAll(argument);
      const found = several ?? (await find(argument, task => isAllowed(task.state, 'sendAgain')));
      if (!found) return;
      const { session } = found;
      const tasks = 'tasks' in found ? found.tasks : [found.task];
      const sent = await quietly(() => sendAgain(session, tasks, services));
      if (sent !== undefined && sent < tasks.length) tellNotNow();
    },
    'seedance.checkOutcome': async argument => {
      const found = await find(argument, task => task.state === 'uncertain');
      if (found) await checkTask(found.session, found.task);
    },
    'seedance.removeTask': async argument => {
      const found = await find(argument, isRemovable);
      if (!found) return;
      if (isRemovable(found.task)) await removeTask(found);
      else
        void tell(
          'warning',
          vscode.l10n.t('A task under way can’t be removed: it is paid for.'),
          actions.showTasks(),
        );
    },
    'seedance.clearFinished': async () => {
      const session = studio.current;
      for (const task of session.ledger.all().filter(isFinished))
        if (await session.ledger.remove(task.id, isFinished)) await session.discard(task);
    },
  };
}

async function removeTask({ session, task }: Found): Promise<void> {
  if (!(await mayForget(task))) return;
  if (await session.ledger.remove(task.id, current => isUnchanged(current, task)))
    await session.discard(task);
  else tellNotNow();
}

/** Questions take their time: what the user agreed to was about the task as it was shown. */
function isUnchanged(current: TaskRecord, shown: TaskRecord): boolean {
  return current.state === shown.state && current.attempt === shown.attempt;
}

function tellNotNow(): void {
  void tell('warning', vscode.l10n.t('This can’t be done with the task as it is now.'), actions.showTasks());
}

/** A task that may be paid for and has no video yet is found again by this list alone. */
async function mayForget(task: TaskRecord): Promise<boolean> {
  if (!['uncertain', 'stopped', 'expired'].includes(task.state) && !isInDoubt(task)) return true;
  return await askModal(
    vscode.l10n.t('Remove this task from the list?'),
    vscode.l10n.t('It may be paid for, and its video is not saved. It can’t be brought back from here.'),
    vscode.l10n.t('Remove'),
  );
}

/** The task that a video was saved by. A uri is written in more than one way. */
export function taskOfVideo(studio: Studio, video: vscode.Uri): TaskRecord | undefined {
  return studio.open
    .flatMap(session => session.ledger.all())
    .find(task => task.video && vscode.Uri.parse(task.video.uri).toString() === video.toString());
}

function idOf(argument: unknown, studio: Studio): string | undefined {
  if (typeof argument === 'string') return argument;
  if (argument instanceof vscode.Uri) return taskOfVideo(studio, argument)?.id;
  if (
    typeof argument === 'object' &&
    argument !== null &&
    'id' in argument &&
    typeof argument.id === 'string'
  )
    return argument.id;
  return undefined;
}

function optionsOf({ request }: TaskRecord): GenerateOptions {
  return {
    prompt: request.prompt,
    model: request.model,
    duration: request.duration,
    quality: request.quality,
    aspectRatio: request.aspect_ratio,
    generateAudio: request.generate_audio,
    contentFilter: request.content_filter,
    webSearch: request.model_params?.web_search ?? false,
  };
}

/** Where the same once more comes from, and the folder that its video goes to. */
function placeOf({ source, target }: TaskRecord) {
  return { source, resource: vscode.Uri.parse(source?.uri ?? target.workspaceFolder) };
}

/** An earlier POST of it may be paid for, and nothing else tells of that. */
function isInDoubt(task: TaskRecord): boolean {
  return task.doubt === true && task.state !== 'saved';
}

function isFinished(task: TaskRecord): boolean {
  return ['saved', 'rejected', 'failed'].includes(task.state) && !isInDoubt(task);
}

function isRemovable(task: TaskRecord): boolean {
  return ['saved', 'rejected', 'failed', 'waiting', 'uncertain', 'stopped', 'expired'].includes(task.state);
}
