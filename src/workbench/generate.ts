import * as vscode from 'vscode';
import { estimateCost, type Estimate } from '../evolink/pricing.ts';
import {
  buildRequest,
  type GenerationRequest,
  type RequestOptions,
  type ValidRequest,
} from '../evolink/request.ts';
import { cleanPrompt } from '../prompt/clean.ts';
import { findDuplicate } from '../tasks/duplicates.ts';
import { newIdempotencyKey, newTaskId } from '../tasks/ids.ts';
import { toTask, type TaskRecord, type TaskTarget } from '../tasks/record.ts';
import { type Task, type TaskSource, type TaskState } from '../tasks/task.ts';
import { actions, tell } from './actions.ts';
import { confirmSpending, isOverLimit } from './confirmSpending.ts';
import { explainTask } from './errorSentences.ts';
import { refuse, requireTrust } from './refusal.ts';
import { explainProblem } from './requestSentences.ts';
import type { Session } from './session.ts';
import { requestDefaults } from './settings.ts';
import { ledgerSentence, type Studio } from './studio.ts';
import { chooseTarget, folderFor } from './target.ts';

/** What a caller may say; everything else comes from the settings. */
export interface GenerateOptions extends RequestOptions {
  readonly prompt: string;
  /** False: don't ask with the price. `costLimit` holds all the same. */
  readonly confirm?: boolean;
  /** True: the same request as one under way is meant. */
  readonly again?: boolean;
  /** True: resolve when the task has ended, not when EvoLink has taken it. */
  readonly wait?: boolean;
}

const ENDED: ReadonlySet<TaskState> = new Set([
  'saved',
  'uncertain',
  'rejected',
  'failed',
  'expired',
  'stopped',
]);

export interface GenerateServices {
  readonly studio: Studio;
  /** Makes sure that there is a key, asking for it if need be; the origin to send to, undefined where there is none. */
  readonly originWithKey: (session: Session) => Promise<string | undefined>;
  /** Shows a task in the view. */
  readonly reveal: (id: string) => Promise<void>;
}

/**
 * The way from a prompt to a recorded and sent task. Undefined where the user changed their mind.
 * Throws {@link NotGenerated} with the sentence that was shown.
 */
export async function generate(
  options: GenerateOptions,
  source: TaskSource | undefined,
  services: GenerateServices,
): Promise<Task | undefined> {
  requireTrust();
  const sourceUri = source && vscode.Uri.parse(source.uri);
  const { request, warnings } = buildOrExplain(options, folderFor(sourceUri));
  const session = openSession(services.studio);
  const target = await chooseTarget(sourceUri);
  if (!target) return undefined;
  const origin = await services.originWithKey(session);
  if (origin === undefined) return undefined;
  if (services.studio.current !== session) return refuseAfterSwitch(options);

  const before = session.ledger.all();
  const duplicate = options.again === true ? undefined : findDuplicate(before, request, Date.now());
  if (duplicate) {
    if (options.confirm === false) return toTask(duplicate);
    if (!(await wantsAnother(duplicate))) return toTask(duplicate);
  }
  const estimate = estimateCost(request);
  if (session.kind === 'account') {
    if (isOverLimit(estimate)) return refuseOverLimit(estimate);
    if (options.confirm !== false && !(await confirmSpending(request, estimate, warnings))) return undefined;
  }
  if (services.studio.current !== session) return refuseAfterSwitch(options);
  // While the user was asked, a second press or another window may have recorded the very same.
  const known = new Set(before.map(({ id }) => id));
  const isStillNew = (): boolean =>
    options.again === true ||
    !findDuplicate(
      session.ledger.all().filter(({ id }) => !known.has(id)),
      request,
      Date.now(),
    );
  const record = newRecord(session, request, origin, target, estimate, source);
  // The intent is on the disk before anything leaves.
  if (!(await session.ledger.add(record, isStillNew))) return await generate(options, source, services);
  return await send(session, record, options.wait === true, services.studio);
}

/** The demo and the account must never be mixed up: one is free, the other is paid. */
function refuseAfterSwitch(options: GenerateOptions): never {
  return refuse(
    vscode.l10n.t('The demo was started or stopped meanwhile: nothing was sent.'),
    actions.tryAgain('seedance.generate', options),
  );
}

function buildOrExplain(options: GenerateOptions, folder: vscode.Uri | undefined): ValidRequest {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const built = buildRequest(cleanPrompt(options.prompt), { ...requestDefaults(folder), ...given });
  if ('request' in built) return built;
  const first = built.problems[0];
  const button =
    first?.field === 'prompt' ? actions.typePrompt() : actions.settings(`seedance.${first?.field ?? ''}`);
  return refuse(built.problems.map(explainProblem).join(' '), button);
}

function openSession(studio: Studio): Session {
  try {
    return studio.current;
  } catch (error) {
    return refuse(ledgerSentence(error), actions.showLog());
  }
}

async function wantsAnother(duplicate: TaskRecord): Promise<boolean> {
  const show = vscode.l10n.t('Show It');
  const another = vscode.l10n.t('Generate Another');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'This very request is already under way, or was a moment ago. Another one is paid for again.',
    ),
    show,
    another,
  );
  if (chosen === show) await vscode.commands.executeCommand('seedance.showTask', duplicate.id);
  return chosen === another;
}

function newRecord(
  session: Session,
  request: GenerationRequest,
  origin: string,
  target: TaskTarget,
  estimate: Estimate | undefined,
  source: TaskSource | undefined,
): TaskRecord {
  const now = Date.now();
  return {
    id: newTaskId(),
    origin,
    state: 'waiting',
    prompt: request.prompt,
    request,
    createdAt: now,
    updatedAt: now,
    progress: 0,
    credits: estimate ? { estimated: estimate.credits } : {},
    charged: 'no',
    ...(source ? { source } : {}),
    idempotencyKey: newIdempotencyKey(),
    owner: session.owner,
    target,
  };
}

async function send(
  session: Session,
  record: TaskRecord,
  untilEnded: boolean,
  studio: Studio,
): Promise<Task | undefined> {
  const task = await session.queue.submit(record.id);
  if (!task) return undefined;
  if (task.state === 'waiting') {
    const explanation = explainTask(task);
    if (explanation) void tell('warning', explanation.message, ...explanation.buttons);
    return toTask(task);
  }
  return untilEnded ? await ended(session, task, studio) : toTask(task);
}

/** The task when it has ended, was removed, or went with the demo. */
async function ended(session: Session, task: TaskRecord, studio: Studio): Promise<Task> {
  if (ENDED.has(task.state)) return toTask(task);
  return await new Promise(resolve => {
    let newest = task;
    const finish = (): void => {
      stopListening();
      switches.dispose();
      resolve(toTask(newest));
    };
    const stopListening = session.ledger.onDidChange(change => {
      if (change.id !== task.id) return;
      newest = change.task ?? newest;
      if (!change.task || ENDED.has(newest.state)) finish();
    });
    const switches = studio.onDidSwitch(() => {
      if (!studio.open.includes(session)) finish();
    });
  });
}

function refuseOverLimit(estimate: Estimate | undefined): never {
  return refuse(
    estimate
      ? vscode.l10n.t(
          'This video would cost about {0} credits, more than your limit (setting costLimit).',
          estimate.credits,
        )
      : vscode.l10n.t('The price of this video is not known, and you have set a limit (setting costLimit).'),
    actions.settings('seedance.costLimit'),
  );
}
