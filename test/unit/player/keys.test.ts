import assert from 'node:assert/strict';
import { SPEEDS, commandOf, goesOn, nextSpeed, type KeyPress } from '../../../src/player/keys.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  shift: false,
  modified: false,
  focus: 'page',
  ...more,
});

describe('keys', () => {
  it('shuttles with J, K and L, in capitals too', () => {
    assert.deepEqual(commandOf(press('j')), { do: 'shuttleBack' });
    assert.deepEqual(commandOf(press('K', { shift: true })), { do: 'togglePlay' });
    assert.deepEqual(commandOf(press('l')), { do: 'shuttleForward' });
  });

  it('steps by one frame with comma, period and shifted arrows', () => {
    for (const [key, shift] of [
      [',', false],
      ['ArrowLeft', true],
    ] as const)
      assert.deepEqual(commandOf(press(key, { shift })), { do: 'stepFrames', frames: -1 });
    for (const [key, shift] of [
      ['.', false],
      ['ArrowRight', true],
    ] as const)
      assert.deepEqual(commandOf(press(key, { shift })), { do: 'stepFrames', frames: 1 });
  });

  it('goes by the place of a key whose letter is not Latin, and by the letter of every other', () => {
    for (const [key, code, expected] of [
      ['ㅏ', 'KeyK', { do: 'togglePlay' }],
      ['о', 'KeyJ', { do: 'shuttleBack' }],
      ['Process', 'KeyL', { do: 'shuttleForward' }],
      ['б', 'Comma', { do: 'stepFrames', frames: -1 }],
      ['ю', 'Period', { do: 'stepFrames', frames: 1 }],
      ['h', 'KeyJ', undefined], // Dvorak
      ['Process', '', undefined],
      ['é', 'Digit2', undefined],
    ] as const)
      assert.deepEqual(commandOf(press(key, { code })), expected, key);
    assert.deepEqual(commandOf(press('Ю', { code: 'Period', shift: true })), { do: 'changeSpeed', steps: 1 });
  });

  it('goes on with steps while a key is held down, and with nothing else', () => {
    for (const key of ['.', ',', 'ArrowLeft', 'ArrowUp', '<']) assert.ok(goesOn(commandOf(press(key))!), key);
    for (const key of ['s', 'm', 'r', ' ', 'f', 'i', 'j', 'l', 'Home'])
      assert.ok(!goesOn(commandOf(press(key))!), key);
  });

  it('leaves to VS Code what is pressed with Control, Alt or Meta, and what it does not know', () => {
    assert.equal(commandOf(press('s', { modified: true })), undefined);
    assert.equal(commandOf(press('Escape')), undefined);
    assert.equal(commandOf(press('Tab')), undefined);
    assert.equal(commandOf(press('constructor')), undefined);
  });

  it('leaves to a button and to a slider the keys that work them', () => {
    assert.equal(commandOf(press(' ', { focus: 'button' })), undefined);
    assert.equal(commandOf(press('Enter', { focus: 'button' })), undefined);
    assert.deepEqual(commandOf(press('m', { focus: 'button' })), { do: 'toggleMute' });
    assert.equal(commandOf(press('ArrowLeft', { focus: 'slider' })), undefined);
    assert.equal(commandOf(press('End', { focus: 'slider' })), undefined);
    assert.deepEqual(commandOf(press(' ', { focus: 'slider' })), { do: 'togglePlay' });
  });

  it('changes the speed one step at a time between a quarter and double', () => {
    let speed = 0.25;
    const up = [speed];
    while (nextSpeed(speed, 1) !== speed) up.push((speed = nextSpeed(speed, 1)));
    assert.deepEqual(up, SPEEDS);
    assert.equal(nextSpeed(0.25, -1), 0.25);
    assert.equal(nextSpeed(1.1, -1), 1);
    assert.equal(nextSpeed(1.1, 1), 1.25);
  });
});
