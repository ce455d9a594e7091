import * as v from 'valibot';
import * as vscode from 'vscode';
import { cleanPrompt } from '../../prompt/clean.ts';
import type { Task, TaskSource } from '../../tasks/task.ts';
import { actions, tell } from '../actions.ts';
import { generate, type GenerateOptions, type GenerateServices } from '../generate.ts';
import { gatherTexts } from '../generate/gatherTexts.ts';
import { textRefusalSentence } from '../generate/textRefusals.ts';
import { typeText } from '../host/ask.ts';
import { quietly, refuse } from '../refusal.ts';

const flag = v.exactOptional(v.boolean());
/** Checked by the request's rules, which name field and allowed values. */
const field = v.optional(v.unknown());
/** No other member is taken: a misspelled option would be paid for with its default. */
const Argument = v.strictObject({
  prompt: v.string(),
  model: field,
  duration: field,
  quality: field,
  aspectRatio: field,
  generateAudio: field,
  contentFilter: field,
  webSearch: field,
  callbackUrl: field,
  imageUrls: field,
  videoUrls: field,
  audioUrls: field,
  confirm: flag,
  again: flag,
  wait: flag,
} satisfies Record<keyof GenerateOptions, v.GenericSchema>);

/** `seedance.generate`, for keybindings, tasks and other extensions: without an argument it asks for the prompt. */
export async function generateFromArgument(
  argument: unknown,
  services: GenerateServices,
): Promise<Task | undefined> {
  if (argument === undefined) return await generateFromInput('', undefined, services);
  const options = v.safeParse(Argument, argument);
  if (options.success) return await generate(options.output, undefined, services);
  return refuse(explainArgument(options.issues[0]), actions.typePrompt());
}

function explainArgument(issue: v.InferIssue<typeof Argument>): string {
  const { l10n } = vscode;
  const name = v.getDotPath(issue) ?? 'prompt';
  if (issue.expected === 'never')
    return l10n.t(
      'seedance.generate does not know “{0}”. It takes: {1}.',
      name,
      Object.keys(Argument.entries).join(', '),
    );
  return name === 'prompt'
    ? l10n.t('seedance.generate needs an object with a “prompt”.')
    : l10n.t('“{0}” must be true or false.', name);
}

/** Asks for the prompt, beginning with `value`. */
export async function generateFromInput(
  value: string,
  options: Omit<GenerateOptions, 'prompt'> | undefined,
  services: GenerateServices,
  source?: TaskSource,
): Promise<Task | undefined> {
  const prompt = await typeText({
    title: vscode.l10n.t('Generate Video'),
    prompt: vscode.l10n.t('Describe the video. Put what is spoken in double quotes.'),
    // The box has one line, and would glue the lines of a longer prompt together.
    value: value.replaceAll(/\s*\n\s*/g, ' '),
    ignoreFocusOut: true,
    validate: text =>
      cleanPrompt(text) === ''
        ? vscode.l10n.t('The prompt is empty: there is nothing to make a video of.')
        : undefined,
  });
  return prompt === undefined ? undefined : await quietly(generate({ ...options, prompt }, source, services));
}

/** `seedance.generateFromSelection`: one task for each text that the person means; see `gatherTexts`. */
export async function generateFromSelection(services: GenerateServices): Promise<Task[]> {
  const gathered = gatherTexts();
  if ('refusal' in gathered) {
    void tell('warning', textRefusalSentence(gathered.refusal), actions.typePrompt());
    return [];
  }
  const tasks: Task[] = [];
  for (const { text, source } of gathered.texts) {
    const task = await quietly(generate({ prompt: text }, source, services));
    // Who has cancelled one, or was told what is wrong, is not asked again for each of the rest.
    if (!task) break;
    tasks.push(task);
  }
  return tasks;
}
