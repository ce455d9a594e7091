import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Task, TaskSource } from '../../tasks/task.ts';
import { actions, tell } from '../actions.ts';
import type { Drafts } from '../generate/drafts.ts';
import { gatherTexts } from '../generate/gatherTexts.ts';
import { checkBeforeTyping, generateVideos } from '../generate/generateVideos.ts';
import type { GenerateOptions, GenerateServices, Gesture } from '../generate/gesture.ts';
import { typePrompt } from '../generate/promptBox.ts';
import { textRefusalSentence } from '../generate/textRefusals.ts';
import { quietly, refuse } from '../refusal.ts';

export interface CommandServices extends GenerateServices {
  readonly drafts: Drafts;
}

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
  services: CommandServices,
): Promise<Task | undefined> {
  if (argument === undefined)
    return await generateFromInput({ caller: 'person', about: '', value: '', options: {} }, services);
  const parsed = v.safeParse(Argument, argument);
  if (!parsed.success) return refuse(explainArgument(parsed.issues[0]), actions.typePrompt());
  const { prompt, ...options } = parsed.output;
  const texts = [{ text: prompt, source: undefined, resource: undefined }];
  return (await generateVideos({ caller: 'call', texts, options }, services))[0];
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

/** What a prompt is typed for. */
export interface InputGesture extends Pick<Gesture, 'caller' | 'options'> {
  /** A task's id, a video's uri, or '' for a new one: what was typed for it and not sent is there again. */
  readonly about: string;
  /** The prompt to begin with. */
  readonly value: string;
  readonly source?: TaskSource | undefined;
  readonly resource?: vscode.Uri | undefined;
}

/** Asks for the prompt and generates. A person was told already of what went wrong. */
export async function generateFromInput(
  { about, value, source, resource, ...gesture }: InputGesture,
  services: CommandServices,
): Promise<Task | undefined> {
  const { drafts } = services;
  return await quietly(async () => {
    await checkBeforeTyping({ ...gesture, texts: [] }, services);
    const text = await typePrompt(about, value, drafts);
    if (text === undefined) return undefined;
    const texts = [{ text, source, resource }];
    const onRecorded = (): void => drafts.forget(about);
    return (await generateVideos({ ...gesture, texts, onRecorded }, services))[0];
  });
}

/**
 * `seedance.generateFromSelection`: one task for each text that the person means; see `gatherTexts`. It takes no argument:
 * whoever hands one over is asked like every other caller, menus aside, which hand over the file they were opened on.
 */
export async function generateFromSelection(
  argument: unknown,
  services: CommandServices,
): Promise<readonly Task[]> {
  const gathered = gatherTexts();
  if ('refusal' in gathered) {
    // An error is seen in Do Not Disturb too.
    void tell('error', textRefusalSentence(gathered.refusal), actions.typePrompt());
    return [];
  }
  const { texts } = gathered;
  const person = texts.every(({ selected }) => selected) ? 'selection' : 'person';
  const caller = argument === undefined || argument instanceof vscode.Uri ? person : 'call';
  return (await quietly(() => generateVideos({ caller, texts, options: {} }, services))) ?? [];
}
