import * as vscode from 'vscode';
import { posix } from 'node:path';
import type { Story, VideoStory } from '../../player/protocol.ts';

/** A video's making as the lines that the player shows beside the picture. */
export function storyView(story: VideoStory, language: string): Story {
  const { t } = vscode.l10n;
  const options = story.options ?? {};
  const details: { label: string; value: string }[] = [];
  const add = (label: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') details.push({ label, value });
  };
  add(t('State'), story.state);
  add(t('Model'), options.model);
  if (options.duration !== undefined) add(t('Length'), t('{0} s', options.duration));
  add(t('Quality'), options.quality);
  add(t('Aspect ratio'), options.aspectRatio);
  if (options.generateAudio !== undefined) add(t('Sound'), options.generateAudio ? t('Yes') : t('No'));
  if (options.contentFilter === false) add(t('Content filter'), t('No'));
  if (options.webSearch === true) add(t('Web search'), t('Yes'));
  add(t('Cost'), costText(story.cost, language));
  return {
    prompt: story.prompt,
    details,
    ...(story.source && { source: sourceText(story.source) }),
  };
}

/** More credits than any video costs: a sidecar may say anything. */
const TOO_MANY_CREDITS = 1e9;

function costText(cost: VideoStory['cost'], language: string): string | undefined {
  if ((cost?.credits ?? 0) > TOO_MANY_CREDITS) return undefined;
  const usd =
    cost?.usd === undefined
      ? undefined
      : new Intl.NumberFormat(language, { style: 'currency', currency: 'USD' }).format(cost.usd);
  if (cost?.credits === undefined) return usd;
  const credits = new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(cost.credits);
  return usd === undefined
    ? vscode.l10n.t('{0} credits', credits)
    : vscode.l10n.t('{0} credits ({1})', credits, usd);
}

/** `shots.md:12` or `shots.ipynb, cell 3`: lines and cells are counted from one, as the editor shows them. */
function sourceText(source: NonNullable<VideoStory['source']>): string {
  const name = posix.basename(vscode.Uri.parse(source.uri).path);
  if (source.cell !== undefined) return vscode.l10n.t('{0}, cell {1}', name, source.cell + 1);
  return `${name}:${source.line + 1}`;
}
