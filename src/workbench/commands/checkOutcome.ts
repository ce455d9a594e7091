import * as vscode from 'vscode';
import { EvoLinkError } from '../../evolink/errors.ts';
import { adoptOutcome, checkOutcome, type OutcomeCheck } from '../../tasks/outcomes.ts';
import type { TaskRecord } from '../../tasks/record.ts';
import { actions, tell } from '../actions.ts';
import { explainError } from '../errorSentences.ts';
import { pickOne } from '../host/ask.ts';
import type { Session } from '../session.ts';

/** `seedance.checkOutcome`: asks EvoLink's list what became of a request of which nobody knows whether it arrived. */
export async function checkTask({ ledger, clientFor, report }: Session, { id }: TaskRecord): Promise<void> {
  try {
    const check = await checkOutcome(id, { ledger, clientFor, log: report });
    if (check.kind === 'candidates' && check.candidates.length > 0) await choose(id, check, ledger);
    else explain(id, check);
  } catch (error) {
    if (!(error instanceof EvoLinkError)) throw error;
    const { message, buttons } = explainError(error);
    void tell('warning', message, ...buttons, actions.checkOutcome(id));
  }
}

/** Only the user can tell which of several it is. */
async function choose(
  id: string,
  { candidates }: Extract<OutcomeCheck, { kind: 'candidates' }>,
  ledger: Session['ledger'],
): Promise<void> {
  const picked = await pickOne(
    candidates.map(({ id: remoteId, model, createdAt }) => ({
      label: createdAt === undefined ? remoteId : new Date(createdAt).toLocaleString(vscode.env.language),
      description: [model, remoteId].filter(Boolean).join(' · '),
      value: remoteId,
    })),
    { title: vscode.l10n.t('Which of EvoLink’s tasks is this request? Press Escape if it is none of them.') },
  );
  if (picked === undefined) return;
  const adopted = await adoptOutcome(id, picked, ledger);
  explain(id, adopted ? { kind: 'adopted', task: adopted } : { kind: 'settled' });
}

function explain(id: string, { kind }: OutcomeCheck): void {
  const { l10n } = vscode;
  switch (kind) {
    case 'adopted': // the ledger's change tells
      return;
    case 'none':
      void tell(
        'warning',
        l10n.t('This request is not in EvoLink’s list: as far as that tells, it was not taken.'),
        actions.sendAgain(id),
        actions.remove(id),
      );
      return;
    case 'candidates':
      void tell(
        'warning',
        l10n.t('EvoLink’s list does not tell what became of this request: look at its website.'),
        actions.openEvoLink(),
        actions.sendAgain(id),
      );
      return;
    case 'noList':
      void tell(
        'warning',
        l10n.t('EvoLink’s list of tasks can’t be used: look at its website for what became of this request.'),
        actions.openEvoLink(),
        actions.sendAgain(id),
      );
      return;
    case 'noKey': {
      const { message, buttons } = explainError({ kind: 'key', message: '' });
      void tell('warning', message, ...buttons);
      return;
    }
    case 'settled':
      void tell('information', l10n.t('What became of this task is known by now.'), actions.showTasks());
  }
}
