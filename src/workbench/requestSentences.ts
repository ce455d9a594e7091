import * as vscode from 'vscode';
import type { RequestProblem, RequestWarning } from '../evolink/request.ts';

/** What is wrong with a request, naming the field and what it may be. */
export function explainProblem(problem: RequestProblem): string {
  const { l10n } = vscode;
  const { field, allowed, model = '' } = problem;
  switch (problem.kind) {
    case 'empty':
      return l10n.t('The prompt is empty: there is nothing to make a video of.');
    case 'type':
      return explainType(problem);
    case 'notAllowed':
      return explainAllowed(problem);
    case 'range':
      return explainRange(problem);
    case 'notOffered':
      return l10n.t('The model {0} can’t be used here yet. These can: {1}.', model, listed(allowed));
    case 'conflict':
      return l10n.t('“{0}” and “{1}” can’t be used together.', field, problem.other ?? '');
    case 'notSupported':
      return l10n.t('The model {0} does not support “{1}”.', model, field);
    case 'notAUrl':
      return l10n.t('“{0}” is not an address.', field);
    case 'notHttps':
      return l10n.t('“{0}” must begin with https://.', field);
    case 'private':
      return l10n.t('“{0}” must be an address on the public Internet.', field);
    case 'tooLong':
      return l10n.t('“{0}” can have {1} characters at most.', field, problem.max ?? '');
  }
}

function explainType(problem: RequestProblem): string {
  if (problem.expected === 'wholeNumber') return explainRange(problem);
  if (problem.expected === 'boolean') return vscode.l10n.t('“{0}” must be true or false.', problem.field);
  return problem.allowed ? explainAllowed(problem) : vscode.l10n.t('“{0}” must be text.', problem.field);
}

function explainAllowed({ field, allowed, model, suggestion }: RequestProblem): string {
  const { l10n } = vscode;
  if (suggestion !== undefined)
    return l10n.t('“{0}” can be: {1}. Did you mean “{2}”?', field, listed(allowed), suggestion);
  return model === undefined
    ? l10n.t('“{0}” can be: {1}.', field, listed(allowed))
    : l10n.t('With {0}, “{1}” can be: {2}.', model, field, listed(allowed));
}

function explainRange({ field, min, max }: RequestProblem): string {
  return vscode.l10n.t('“{0}” must be a whole number from {1} to {2}.', field, min ?? '', max ?? '');
}

/** What may surprise in a request that can be sent. */
export function explainWarning(warning: RequestWarning): string {
  const { l10n } = vscode;
  switch (warning.kind) {
    case 'contentFilterOff':
      return l10n.t(
        'Without the content filter EvoLink charges {0} times the price; that is counted in.',
        warning.priceFactor,
      );
    case 'webSearchCharged':
      return l10n.t(
        'Each web search that is made costs {0} credits more, and there may be several.',
        warning.creditsEach,
      );
    case 'promptLong':
      return warning.unit === 'words'
        ? l10n.t('The prompt has {0} words; EvoLink advises {1} at most.', warning.count, warning.advised)
        : l10n.t(
            'The prompt has {0} Chinese characters; EvoLink advises {1} at most.',
            warning.count,
            warning.advised,
          );
    case 'promptTooLong':
      return l10n.t(
        'The prompt has about {0} tokens, and EvoLink takes {1}: it may be refused.',
        warning.estimatedTokens,
        warning.maxTokens,
      );
    case 'referenceTags':
      return l10n.t(
        'The prompt names {0}, but this model takes no images, videos or sounds: it sees only the words.',
        listed(warning.tags.slice(0, MAX_TAGS)),
      );
  }
}

const MAX_TAGS = 5;

function listed(values: readonly unknown[] = []): string {
  return values.join(', ');
}
