import * as vscode from 'vscode';
import type { PlayerStrings } from '../../player/protocol.ts';

/** The page's texts in the user's language. `{0}` and `{1}` are filled in by the page. */
export function playerStrings(): PlayerStrings {
  const { t } = vscode.l10n;
  return {
    player: t('Video player'),
    play: t('Play (Space)'),
    pause: t('Pause (Space)'),
    mute: t('Mute (M)'),
    muted: t('Muted'),
    unmute: t('Unmute (M)'),
    volume: t('Volume'),
    seek: t('Position in the video'),
    time: t('Time and frame'),
    speed: t('Speed (< and >)'),
    speedValue: t('Speed {0}×'),
    loop: t('Repeat (R)'),
    previousFrame: t('One frame back (,)'),
    nextFrame: t('One frame forward (.)'),
    enterFullscreen: t('Full screen (F)'),
    exitFullscreen: t('Leave full screen (F)'),
    saveFrame: t('Save this frame as PNG (S)'),
    copyMarkdown: t('Copy Markdown'),
    openExternally: t('Open in System Player'),
    generateAgain: t('Generate Again'),
    editAndGenerate: t('Edit and Generate'),
    openSource: t('Open Source'),
    prompt: t('Prompt'),
    source: t('Source'),
    details: t('About this video'),
    showDetails: t('Show or hide how this video was made (I)'),
    frame: t('frame {0}'),
    frameOf: t('frame {0} of {1}'),
    position: t('{0} of {1}'),
    volumeValue: t('Volume {0} %'),
    repeats: t('The video repeats.'),
    repeatsNot: t('The video plays once.'),
    backwards: t('Backwards {0}×'),
    frameSaved: t('Saved as {0}.'),
    frameFailed: t('The frame could not be saved: {0}'),
    markdownCopied: t('Markdown copied.'),
    actionFailed: t('That did not work: {0}'),
    cannotPlay: t(
      'This video cannot be played here: the file may be damaged or in a format that VS Code cannot show.',
    ),
    preparingSound: t('The sound is being prepared.'),
    noSound: t('This video plays without sound: {0}'),
    soundUnreadable: t('the file could not be read.'),
    soundUndecodable: t('its sound track is damaged or in a format that cannot be decoded.'),
    soundTooLarge: t('the file is too large to prepare its sound.'),
  };
}
