import * as vscode from 'vscode';
import type { RequestProblem } from '../evolink/request.ts';

/** What is wrong with a request, naming the field and what it may be. */
export function explainProblem(problem: RequestProblem): string {
  const { l10n } = vscode;
  const allowed = problem.allowed?.join(', ') ?? '';
  switch (problem.kind) {
    case 'empty':
      return l10n.t('The prompt is empty: there is nothing to make a video of.');
    case 'type':
      return l10n.t('“{0}” is not of the right type.', problem.field);
    case 'notAllowed':
      return l10n.t('“{0}” can be: {1}.', problem.field, allowed);
    case 'range':
      return l10n.t(
        '“{0}” must be a whole number from {1} to {2}.',
        problem.field,
        problem.min ?? '',
        problem.max ?? '',
      );
    case 'notOffered':
      return l10n.t('The model {0} can’t be used here yet. These can: {1}.', problem.model ?? '', allowed);
    case 'conflict':
      return l10n.t('“{0}” and “{1}” can’t be used together.', problem.field, problem.other ?? '');
    case 'notSupported':
      return l10n.t('The model {0} does not support “{1}”.', problem.model ?? '', problem.field);
    case 'notAUrl':
      return l10n.t('“{0}” is not an address.', problem.field);
    case 'notHttps':
      return l10n.t('“{0}” must begin with https://.', problem.field);
    case 'private':
      return l10n.t('“{0}” must be an address on the public Internet.', problem.field);
    case 'tooLong':
      return l10n.t('“{0}” is too long.', problem.field);
  }
}
