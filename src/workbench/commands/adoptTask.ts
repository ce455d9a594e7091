import * as v from 'valibot';
import * as vscode from 'vscode';
import { isTaskId, type RemoteTaskSummary } from '../../evolink/answers.ts';
import { EvoLinkError } from '../../evolink/errors.ts';
import { buildRequest, type GenerationRequest } from '../../evolink/request.ts';
import { adoptTask } from '../../tasks/adopt.ts';
import { toTask, type TaskRecord } from '../../tasks/record.ts';
import type { Task } from '../../tasks/task.ts';
import type { Clients } from '../accounts.ts';
import { actions, tell } from '../actions.ts';
import { pickOne, typeText } from '../host/ask.ts';
import { explainError } from '../errorSentences.ts';
import type { FolderMemory } from '../generate/folderMemory.ts';
import { explainProblem } from '../requestSentences.ts';
import type { Session } from '../session.ts';
import { requestDefaults } from '../settings.ts';
import { chooseTarget } from '../target.ts';

export interface AdoptServices {
  readonly clients: Pick<Clients, 'forOrigin'>;
  /** Makes sure that there is a key; the origin to ask, undefined where there is none. */
  readonly originWithKey: (session: Session) => Promise<string | undefined>;
  readonly folders: FolderMemory;
}

const Argument = v.object({ remoteId: v.string() });

/** `seedance.adoptTask`: follows a task made elsewhere, given by its id, or picked from EvoLink's list. */
export async function adopt(
  argument: unknown,
  session: Session,
  { clients, originWithKey, folders }: AdoptServices,
): Promise<Task | undefined> {
  const origin = await originWithKey(session);
  const client = origin === undefined ? undefined : await clients.forOrigin(origin);
  if (origin === undefined || !client) return undefined;
  try {
    const given = v.safeParse(Argument, argument);
    const remoteId = given.success ? given.output.remoteId : await askForId(client, session);
    if (remoteId === undefined) return undefined;
    const target = await chooseTarget(undefined, folders);
    if (!target) return undefined;
    const request = unknownRequest(vscode.Uri.parse(target.workspaceFolder));
    const task = await adoptTask(
      { remoteId, origin, owner: session.owner, target, request, now: Date.now() },
      client,
      session.ledger,
    );
    return toTask(task);
  } catch (error) {
    explain(error);
    return undefined;
  }
}

async function askForId(
  client: NonNullable<Awaited<ReturnType<Clients['forOrigin']>>>,
  session: Session,
): Promise<string | undefined> {
  const known = new Set(session.ledger.all().map((task: TaskRecord) => task.remoteId));
  const listed = (await client.list())?.filter(task => !known.has(task.id));
  if (listed && listed.length > 0) {
    return await pick(
      listed,
      vscode.l10n.t('Which task of your EvoLink account shall be followed and saved?'),
    );
  }
  const id = await typeText({
    title: vscode.l10n.t('Take Over a Task'),
    prompt: vscode.l10n.t('EvoLink’s ID of the task.'),
    placeHolder: 'task-unified-…',
    validate: text => (isTaskId(text.trim()) ? undefined : vscode.l10n.t('This is no task ID.')),
  });
  return id?.trim();
}

async function pick(tasks: readonly RemoteTaskSummary[], question: string): Promise<string | undefined> {
  return await pickOne(
    tasks.map(({ id, model, status, createdAt }) => ({
      label: createdAt === undefined ? id : new Date(createdAt).toLocaleString(vscode.env.language),
      description: [status, model].filter(Boolean).join(' · '),
      detail: id,
      value: id,
    })),
    { placeHolder: question },
  );
}

/**
 * EvoLink tells neither prompt nor options of a task: the settings stand for them, and where those are not valid the
 * defaults, which is said.
 */
function unknownRequest(folder: vscode.Uri): GenerationRequest {
  const built = buildRequest('.', requestDefaults(folder));
  if ('request' in built) return { ...built.request, prompt: '' };
  void tell(
    'warning',
    vscode.l10n.t(
      'The task is taken over; the list shows the usual options for it, since a setting is not valid. {0}',
      built.problems.map(explainProblem).join(' '),
    ),
    actions.settings(`seedance.${built.problems[0]?.field ?? ''}`),
  );
  const usual = buildRequest('.', {});
  if (!('request' in usual)) throw new Error('The usual options are not valid.');
  return { ...usual.request, prompt: '' };
}

function explain(error: unknown): void {
  if (!(error instanceof EvoLinkError)) throw error;
  const { message, buttons } = explainError(error);
  void tell('error', message, ...buttons);
}
