/** The control elements of media-chrome, made ready for a page without inline styles and for the user's language. */
import { MediaChromeButton } from 'media-chrome/dist/media-chrome-button.js';
import { MediaChromeRange } from 'media-chrome/dist/media-chrome-range.js';
import { MediaContainer } from 'media-chrome/dist/media-container.js';
import MediaControlBar from 'media-chrome/dist/media-control-bar.js';
import 'media-chrome/dist/media-controller.js';
import MediaGestureReceiver from 'media-chrome/dist/media-gesture-receiver.js';
import 'media-chrome/dist/media-mute-button.js';
import 'media-chrome/dist/media-play-button.js';
import 'media-chrome/dist/media-playback-rate-button.js';
import 'media-chrome/dist/media-preview-time-display.js';
import { MediaTextDisplay } from 'media-chrome/dist/media-text-display.js';
import 'media-chrome/dist/media-time-range.js';
import MediaTooltip from 'media-chrome/dist/media-tooltip.js';
import 'media-chrome/dist/media-volume-range.js';
import { addTranslation, setLanguage } from 'media-chrome/dist/utils/i18n.js';
import type { PlayerStrings } from '../protocol.ts';

/** The classes that write a shadow root; the other elements inherit from them. */
const TEMPLATES: { getTemplateHTML: (attributes: Record<string, string>) => string }[] = [
  MediaChromeButton,
  MediaChromeRange,
  MediaContainer,
  MediaControlBar,
  MediaGestureReceiver,
  MediaTextDisplay,
  MediaTooltip,
];

/**
 * media-chrome writes `<style>` into its shadow roots, which the page's policy refuses without the nonce; and its tooltips stay
 * inside of the element that `bounds` names. Must run before the first element is made.
 */
export function adaptTemplates(nonce: string): void {
  for (const template of TEMPLATES) {
    const original = template.getTemplateHTML;
    template.getTemplateHTML = function adapted(...args) {
      return Reflect.apply(original, this, args)
        .replaceAll('<style>', `<style nonce="${nonce}">`)
        .replaceAll('<media-tooltip ', '<media-tooltip bounds="stage" ');
    };
  }
}

/** `hour`, `hours`, `minute`, … as they are called in a language. */
function unitNames(language: string): Record<string, string> {
  const names: Record<string, string> = {};
  for (const unit of ['hour', 'minute', 'second']) {
    const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' });
    const nameOf = (count: number): string =>
      format.formatToParts(count).find(({ type }) => type === 'unit')?.value ?? unit;
    names[unit] = nameOf(1);
    names[`${unit}s`] = nameOf(2);
  }
  return names;
}

/**
 * media-chrome looks its texts up by their English form.
 * @param language BCP 47 tag
 */
export function translate(strings: PlayerStrings, language: string): void {
  addTranslation('player', {
    Play: strings.play,
    play: strings.play,
    Pause: strings.pause,
    pause: strings.pause,
    Mute: strings.mute,
    mute: strings.mute,
    Unmute: strings.unmute,
    unmute: strings.unmute,
    volume: strings.volume,
    seek: strings.seek,
    'video player': strings.player,
    'Playback rate': strings.speed,
    'Playback rate {playbackRate}': strings.speedValue.replace('{0}', '{playbackRate}'),
    '{currentTime} of {totalTime}': strings.position
      .replace('{0}', '{currentTime}')
      .replace('{1}', '{totalTime}'),
    'video not loaded, unknown time.': strings.notLoaded,
    ...unitNames(language),
  });
  setLanguage('player');
}
