import * as v from 'valibot';
import * as vscode from 'vscode';
import type { TaskRecord } from '../../tasks/record.ts';
import { discardFiles } from '../../tasks/tidy.ts';
import { isAllowed } from '../../tasks/transitions.ts';
import type { Session } from '../session.ts';
import { askForFolder } from '../target.ts';

const Argument = v.object({ folder: v.string() });

/**
 * `seedance.saveElsewhere`: gives a finished video that can't be brought to its own folder another one. Argument:
 * `{ id, folder }` with the folder's uri as text; without a folder the user picks it. Resolves to whether there is one now.
 */
export async function saveElsewhere(
  { session, task }: { session: Session; task: TaskRecord },
  argument: unknown,
): Promise<boolean> {
  const given = v.safeParse(Argument, argument);
  const folder = given.success ? vscode.Uri.parse(given.output.folder) : await askForFolder();
  if (folder?.scheme !== 'file') return false;
  const moved = await session.ledger.apply(
    task.id,
    { type: 'retarget', target: { ...task.target, workspaceFolder: folder.toString(), outputFolder: '' } },
    // It may have been saved while the user was choosing.
    current => isAllowed(current.state, 'retarget'),
  );
  if (!moved) return false;
  await discardFiles(task); // what its own folder had of it
  session.follower.refresh();
  return true;
}
