import assert from 'node:assert/strict';
import * as v from 'valibot';
import { STRING_KEYS, hostMessage, pageMessage, pageState } from '../../../src/player/protocol.ts';

const png = new Uint8Array(8);
const media = { url: 'https://x/clip.mp4', name: 'clip.mp4', sound: 'aac' };
const strings = Object.fromEntries(STRING_KEYS.map(key => [key, key]));
const open = {
  type: 'open',
  media,
  strings,
  preferences: { volume: 1, muted: false },
  settings: { loop: true, autoplay: true },
  wantsThumbnail: false,
};

const isFromPage = (message: unknown): boolean => v.safeParse(pageMessage, message).success;
const isFromHost = (message: unknown): boolean => v.safeParse(hostMessage, message).success;

describe('messages of the player', () => {
  it('are taken in every form that the page sends', () => {
    for (const message of [
      { type: 'ready', page: 'a page' },
      { type: 'aac', decodes: false },
      { type: 'preferences', preferences: { volume: 0.5, muted: true } },
      { type: 'thumbnail', png },
      { type: 'toggleFullscreen' },
      { type: 'log', text: 'hello' },
      { type: 'request', id: 0, body: { kind: 'playbackCopy' } },
      { type: 'request', id: 1, body: { kind: 'saveFrame', png, frame: 3, seconds: 0.1 } },
      { type: 'request', id: 2, body: { kind: 'action', action: 'generateAgain' } },
    ])
      assert.ok(isFromPage(message), JSON.stringify(message));
  });

  it('are refused by the extension in any other form', () => {
    for (const message of [
      undefined,
      null,
      'ready',
      {},
      { type: 'ready', more: 1 },
      { type: 'quit' },
      { type: 'preferences', preferences: { volume: 1.1, muted: true } },
      { type: 'preferences', preferences: { volume: Number.NaN, muted: true } },
      { type: 'thumbnail', png: [1, 2, 3] },
      { type: 'log', text: 'x'.repeat(2001) },
      { type: 'request', id: -1, body: { kind: 'playbackCopy' } },
      { type: 'request', id: 0.5, body: { kind: 'playbackCopy' } },
      { type: 'request', id: 0, body: { kind: 'action', action: 'removeTask' } },
      { type: 'request', id: 0, body: { kind: 'playbackCopy', path: '/etc/passwd' } },
      { type: 'request', id: 0, body: { kind: 'saveFrame', png, frame: 1.5, seconds: 0 } },
      { type: 'request', id: 0, body: { kind: 'saveFrame', png, seconds: Infinity } },
    ])
      assert.ok(!isFromPage(message), JSON.stringify(message));
    assert.ok(!isFromPage({ type: 'thumbnail', png: new Uint8Array(64 * 1024 * 1024 + 1) }));
  });

  it('are checked by the page as well', () => {
    assert.ok(isFromHost(open));
    assert.ok(isFromHost({ ...open, story: { prompt: '<b>', details: [{ label: 'a', value: 'b' }] } }));
    for (const message of [
      { ...open, strings: { ...strings, play: undefined } },
      { ...open, media: { ...media, frameRate: 0 } },
      { ...open, media: { ...media, sound: 'loud' } },
      { ...open, settings: { loop: true } },
      { type: 'media' },
      { type: 'gone' },
      { type: 'refusal', id: 0 },
      { type: 'eval', code: '1' },
    ])
      assert.ok(!isFromHost(message), JSON.stringify(message));
  });

  it('keep a state that is sound, and no other', () => {
    const state = { seconds: 1, playing: true, rate: 1, loop: true };
    assert.ok(v.safeParse(pageState, state).success);
    for (const wrong of [undefined, { ...state, rate: 16 }, { ...state, seconds: null }])
      assert.ok(!v.safeParse(pageState, wrong).success);
  });
});
