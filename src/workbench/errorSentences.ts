import * as vscode from 'vscode';
import type { ErrorKind } from '../evolink/errors.ts';
import type { Task, TaskError } from '../tasks/task.ts';
import { actions, type Action } from './actions.ts';

/** What a person reads of an error: one sentence, and the buttons for the next step. */
export interface Explanation {
  readonly message: string;
  readonly buttons: readonly Action[];
}

/** Explains why a task is where it is. EvoLink's own words are added where they say more than the kind does. */
export function explainTask(task: Task & { readonly parked?: unknown }): Explanation | undefined {
  const { error } = task;
  if (!error) return undefined;
  if (task.state === 'downloading' && task.parked !== undefined) {
    return {
      message: vscode.l10n.t(
        'The video is safe in VS Code’s storage; it is moved to its folder as soon as that can be written.',
      ),
      buttons: [actions.saveElsewhere(task.id), actions.showLog()],
    };
  }
  switch (task.state) {
    case 'uncertain':
      return {
        message: vscode.l10n.t(
          'It is unknown whether EvoLink took this request; it may have been charged, so it was not sent again.',
        ),
        buttons: [actions.checkOutcome(task.id), actions.sendAgain(task.id), actions.showLog()],
      };
    case 'waiting':
      return withButtons(explainWaiting(task, error), actions.send(task.id), actions.remove(task.id));
    case 'expired':
      return {
        message: vscode.l10n.t('The link to the finished video died before it could be saved.'),
        buttons: [actions.downloadAgain(task.id), actions.showLog()],
      };
    case 'rejected':
      return explainVerdict(error, task.id, vscode.l10n.t('EvoLink refused the request.'));
    case 'failed':
      return withButtons(
        explainVerdict(error, task.id, vscode.l10n.t('EvoLink could not make this video.')),
        actions.generateAgain(task.id),
      );
    default:
      return explainError(error, task.id);
  }
}

/**
 * EvoLink answered about the task itself, so the key sees it: what it may not or could not find is something else. Of an
 * unknown reason at least the verdict is known.
 */
function explainVerdict(error: TaskError, taskId: string, verdict: string): Explanation {
  return ['forbidden', 'notFound', 'unknown'].includes(error.kind)
    ? { message: withWords(verdict, error), buttons: [actions.showLog()] }
    : explainError(error, taskId);
}

/** Only of a request that was never sent before can be said that nothing was charged. */
function explainWaiting({ charged }: Task, error: TaskError): Explanation {
  const { l10n } = vscode;
  if (error.kind === 'windowGone')
    return {
      message:
        charged === 'no'
          ? l10n.t('This request was not sent: its window was closed before. Nothing was charged.')
          : l10n.t('This request was not sent again: its window was closed before.'),
      buttons: [],
    };
  if (error.kind === 'unreachable' && charged === 'no')
    return {
      message: l10n.t('EvoLink can’t be reached; nothing was sent or charged.'),
      buttons: [actions.showLog()],
    };
  return explainError(error);
}

function withButtons(explanation: Explanation, ...buttons: Action[]): Explanation {
  return { message: explanation.message, buttons: [...explanation.buttons, ...buttons] };
}

/** Explains an error of EvoLink or of the way there; `taskId` where it belongs to a task. */
export function explainError(error: TaskError, taskId?: string): Explanation {
  const { sentence, buttons } = meaningOf(error, taskId);
  return { message: withWords(sentence, error), buttons };
}

/** Kinds that EvoLink itself tells of. The message of any other is the system's or this program's: it is in the log. */
const TOLD_BY_EVOLINK: ReadonlySet<string> = new Set([
  'key',
  'balance',
  'keyLimit',
  'keyDailyLimit',
  'modelAccess',
  'forbidden',
  'notFound',
  'content',
  'badRequest',
  'media',
  'tooLarge',
  'idempotencyConflict',
  'inFlight',
  'modelDown',
  'rateLimit',
  'server',
  'cancelled',
  'noContent',
  'generationTimeout',
  'unknown',
] satisfies ErrorKind[]);
/** Characters of EvoLink's words in a sentence. */
const MAX_WORDS = 300;

function withWords(sentence: string, { kind, message, code }: TaskError): string {
  if (!TOLD_BY_EVOLINK.has(kind)) return sentence;
  const words = message.replaceAll(/\s+/g, ' ').trim();
  const shown = words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS).toWellFormed()}…` : words;
  const said = [shown, code && `(${code})`].filter(Boolean).join(' ');
  return said === '' ? sentence : vscode.l10n.t('{0} EvoLink says: {1}', sentence, said);
}

function meaningOf(error: TaskError, taskId?: string): { sentence: string; buttons: Action[] } {
  const { l10n } = vscode;
  const { showLog } = actions;
  switch (error.kind) {
    case 'key':
      return error.httpStatus === undefined && error.code === undefined
        ? { sentence: l10n.t('There is no API key for EvoLink yet.'), buttons: [actions.setApiKey()] }
        : {
            sentence: l10n.t('EvoLink does not accept this API key.'),
            buttons: [actions.setApiKey(), actions.getApiKey()],
          };
    case 'balance':
      return { sentence: l10n.t('The EvoLink account has too few credits.'), buttons: [actions.topUp()] };
    case 'keyLimit':
      return {
        sentence: l10n.t('This API key has reached its own limit of credits.'),
        buttons: [actions.getApiKey()],
      };
    case 'keyDailyLimit':
      return {
        sentence: l10n.t('This API key has reached its limit for today.'),
        buttons: [actions.getApiKey()],
      };
    case 'modelAccess':
      return {
        sentence: l10n.t('This API key may not use the chosen model.'),
        buttons: [actions.settings('seedance.model'), actions.getApiKey()],
      };
    case 'forbidden':
    case 'notFound':
      return {
        sentence: l10n.t(
          'This API key does not see the task: it belongs to another account, or is no longer kept.',
        ),
        buttons: [actions.setApiKey()],
      };
    case 'content':
      return {
        sentence: l10n.t('EvoLink refused the content of the prompt.'),
        buttons: taskId === undefined ? [] : [actions.editPrompt(taskId)],
      };
    case 'badRequest':
    case 'media':
    case 'tooLarge':
      return {
        sentence: l10n.t('EvoLink refused the request.'),
        buttons: [
          ...(taskId === undefined ? [] : [actions.editPrompt(taskId)]),
          actions.settings('seedance'),
        ],
      };
    case 'idempotencyConflict':
    case 'inFlight':
      return { sentence: l10n.t('EvoLink already knows this request.'), buttons: [showLog()] };
    case 'modelDown':
      return {
        sentence: l10n.t('The model is not available at the moment.'),
        buttons: [actions.settings('seedance.model')],
      };
    case 'rateLimit':
      return { sentence: l10n.t('EvoLink asks to wait: too many requests.'), buttons: [showLog()] };
    case 'server':
      return { sentence: l10n.t('EvoLink has an internal problem.'), buttons: [showLog()] };
    case 'cancelled':
      return { sentence: l10n.t('The task was cancelled at EvoLink.'), buttons: [] };
    case 'noContent':
    case 'generationTimeout':
    case 'failed':
      return { sentence: l10n.t('EvoLink could not make this video.'), buttons: [showLog()] };
    case 'noResult':
      return {
        sentence: l10n.t('EvoLink finished the video but has given no link to it yet.'),
        buttons: [showLog()],
      };
    case 'unreachable':
      return {
        sentence: l10n.t('EvoLink can’t be reached.'),
        buttons: [showLog()],
      };
    case 'certificate':
      return {
        sentence: l10n.t('The connection to EvoLink is not trusted: its certificate was refused.'),
        buttons: [showLog()],
      };
    case 'network':
    case 'timeout':
    case 'stalled':
    case 'truncated':
      return { sentence: l10n.t('The connection to EvoLink broke.'), buttons: [showLog()] };
    case 'wrongTask':
      return {
        sentence: l10n.t('The answer was about another task; EvoLink will be asked again.'),
        buttons: [showLog()],
      };
    case 'redirect':
    case 'badAnswer':
      return {
        sentence: l10n.t(
          'The answer did not come from EvoLink’s API; a proxy or a wrong address may be the reason.',
        ),
        buttons: [actions.settings('seedance.apiBaseUrl'), showLog()],
      };
    case 'linkExpired':
    case 'linkRefused':
      return { sentence: l10n.t('The link to the finished video can’t be used.'), buttons: [showLog()] };
    case 'http':
      return {
        sentence: l10n.t('The server that has the video does not give it now; it will be tried again.'),
        buttons: [showLog()],
      };
    case 'videoTooLarge':
      return {
        sentence: l10n.t('What EvoLink’s link gives is too large for a video; it will be tried again.'),
        buttons: [showLog()],
      };
    case 'parkedGone':
      return {
        sentence: l10n.t('The video that was kept in VS Code’s storage is not there any more.'),
        buttons: [showLog()],
      };
    case 'notVideo':
      return {
        sentence: l10n.t('What EvoLink’s link gives is not a video; it will be tried again.'),
        buttons: [showLog()],
      };
    case 'diskFull':
      return {
        sentence: l10n.t('The disk is full; the video will be saved when there is room.'),
        buttons: [...(taskId === undefined ? [] : [actions.saveElsewhere(taskId)]), showLog()],
      };
    case 'notWritable':
    case 'folderMissing':
    case 'folderElsewhere':
    case 'folder.outside':
    case 'folder.notAFolder':
    case 'folder.badName':
    case 'folder.workspaceMissing':
    case 'disk':
      return {
        sentence: l10n.t('The video can’t be written to its folder; it will be tried again.'),
        buttons: [...(taskId === undefined ? [] : [actions.saveElsewhere(taskId)]), showLog()],
      };
    default:
      return { sentence: l10n.t('Something unexpected happened.'), buttons: [showLog()] };
  }
}
