import * as vscode from 'vscode';
import { CopyError } from './playbackCopies.ts';

/** Why there is no playback copy: ends the sentence "This video plays without sound: …". */
export function copyProblem(error: unknown): string {
  const { t } = vscode.l10n;
  const kind = error instanceof CopyError ? error.kind : 'disk';
  if (kind === 'tooLarge') return t('the file is too large to prepare its sound.');
  if (kind === 'undecodable') return t('its sound track is damaged or in a format that cannot be decoded.');
  if (kind === 'changed') return t('the file changed while its sound was being prepared.');
  if (kind === 'disk') return t('its sound could not be prepared, perhaps because the disk is full.');
  return t('preparing its sound took too long.');
}
