import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitFor } from '../support/waitFor.ts';
import { PlayerRig, demo, story } from './playerRig.ts';

describe("the player's page", function () {
  const rig = new PlayerRig();
  const { ask, said, until, clip } = rig;

  it('plays, repeats and tells time code and frame', async () => {
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.2 && !video.paused');
    assert.equal(await ask('video.loop'), true);
    await rig.page.keyboard.press('k');
    await rig.page.keyboard.press('Home');
    await until('the first frame', `time === '00:00:00:00frame 0 of 120'`);
    for (let step = 0; step < 3; step++) await rig.page.keyboard.press('.');
    await until('frame 3', `time === '00:00:00:03frame 3 of 120'`);
    await rig.page.keyboard.press('Shift+ArrowLeft');
    await until(
      'frame 2',
      `document.querySelector('#announcement').textContent === '00:00:00:02, frame 2 of 120'`,
    );
    await rig.page.keyboard.press('End');
    await until('the last frame', `time.endsWith('frame 120 of 120')`);
  });

  it('remembers speed, repeat and place, and tells the extension volume and mute', async () => {
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.1');
    for (const key of ['k', '<', 'r', 'ArrowDown', 'ArrowDown', 'm']) await rig.page.keyboard.press(key);
    await ask('void (video.currentTime = 2.5)');
    await until('the place', '!video.seeking');
    await waitFor('word of mute', () => said('preferences').at(-1)?.preferences.muted);
    assert.ok(Math.abs((said('preferences').at(-1)?.preferences.volume ?? 0) - 0.8) < 0.01);
    await rig.page.waitForTimeout(100);
    await rig.page.reload();
    await until('the place', 'video && Math.abs(video.currentTime - 2.5) < 0.01 && video.paused');
    assert.deepEqual(await ask('[video.playbackRate, video.loop]'), [0.75, false]);
  });

  it('says once more what was lost on its way when the page went, before the next one asks, and no more than that', async () => {
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.1');
    rig.host.hears = false;
    await rig.page.keyboard.press('ArrowDown');
    await rig.page.keyboard.press('m');
    await rig.page.reload();
    rig.host.hears = true;
    await rig.page.reload();
    await waitFor('the page', () => said('ready').length === 3);
    const told = rig.host.received.map(({ type }) => type).filter(type => /ready|preferences/.test(type));
    assert.deepEqual(told, ['ready', 'ready', 'preferences', 'ready']);
    const [lost] = said('preferences');
    assert.ok(lost && lost.preferences.muted && Math.abs(lost.preferences.volume - 0.9) < 0.01);
    await until('the picture', 'video?.readyState > 1');
    await rig.page.reload();
    await waitFor('the page', () => said('ready').length === 4);
    assert.equal(said('preferences').length, 1);
  });

  it('goes on where another page was, in whose place it comes', async () => {
    const settings = { loop: true, autoplay: false };
    await rig.host.open(rig.page, { media: clip(), settings });
    await until('the file', 'video.readyState > 1');
    await rig.page.keyboard.press('>');
    await ask('void (video.currentTime = 3.5)');
    await until('the place', '!video.seeking');
    const [ready] = said('ready');
    assert.ok(ready);
    await rig.newPage();
    await rig.host.open(rig.page, { media: clip(), settings, continues: ready.page });
    await until('the place', 'Math.abs(video.currentTime - 3.5) < 0.01 && video.readyState > 1');
    assert.deepEqual(await ask('[video.playbackRate, video.paused]'), [1.25, true]);
    assert.notEqual(said('ready')[0]?.page, ready.page);
  });

  it('shows a prompt as text, whatever it holds, and how the video was made', async () => {
    await rig.host.open(rig.page, { media: clip(), story });
    await rig.page.getByRole('complementary').waitFor();
    assert.equal(await rig.page.locator('.prompt').innerText(), story.prompt);
    assert.equal(await rig.page.locator('aside img, aside script').count(), 0);
    assert.equal(await rig.page.title(), '');
    rig.host.answer = ({ id }) => ({ type: 'answer', id, value: {} });
    await rig.page.getByRole('button', { name: 'Generate again' }).click();
    await rig.page.getByRole('button', { name: 'Open source: shots.md:12' }).click();
    await rig.page.getByRole('button', { name: 'Copy markdown' }).click();
    await rig.page.getByText('Markdown copied').waitFor();
    assert.deepEqual(
      said('request').map(({ body }) => body),
      ['generateAgain', 'openSource', 'copyMarkdown'].map(action => ({ kind: 'action', action })),
    );
    await rig.page.keyboard.press('i');
    assert.equal(await rig.page.getByRole('complementary').isVisible(), false);
    await rig.host.send(rig.page, { type: 'story' });
    await rig.page.getByRole('button', { name: 'Show details' }).waitFor({ state: 'hidden' });
  });

  it('shows a prompt of a megabyte, and goes on to play', async () => {
    const prompt = `‮שלום ${'<b>x</b>'.repeat(130_000)}`;
    const session = await rig.page.context().newCDPSession(rig.page);
    // Seconds of the processor, however many others want it.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await rig.host.open(rig.page, { media: clip(), story: { ...story, prompt } });
    await until('the picture', 'video.currentTime > 0.3');
    const { metrics } = await session.send('Performance.getMetrics');
    const worked = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    assert.ok(worked > 0 && worked < 5, `it worked for ${worked} s`);
  });

  it('gives the extension its first frame once', async () => {
    await rig.host.open(rig.page, { media: clip(), wantsThumbnail: true });
    await waitFor('the frame', () => said('thumbnail').length > 0);
    await rig.page.keyboard.press('Home');
    await rig.page.waitForTimeout(500);
    const [thumbnail] = said('thumbnail');
    assert.equal(said('thumbnail').length, 1);
    const png = Buffer.from(thumbnail?.png ?? []);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 180]);
  });

  it('drops what is malformed and says so in the log, however much and however long it is', async () => {
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0');
    const malformed: unknown[] = [
      { type: 'media', media: { url: 'https://evil.example/' } },
      null,
      [],
      'x'.repeat(100_000),
      { type: 'y'.repeat(100_000) },
      { type: 'story', story: { prompt: 1, details: [] } },
      { type: 'answer', id: -1, value: {} },
    ];
    await rig.page.evaluate(
      `for (let times = 0; times < 100; times++) for (const message of ${JSON.stringify(malformed)}) postMessage(message, '*')`,
    );
    await rig.page.evaluate("postMessage({ type: 'answer', id: 4711, value: null }, '*')"); // nobody waits for it
    await waitFor(
      'a line for each',
      () => said('log').filter(({ text }) => text.includes('malformed')).length === 100 * malformed.length,
    );
    assert.ok((await ask<string>('video.src')).startsWith(rig.host.url));
    await until('it to go on', '!video.paused');
  });

  it('says in one line that a file cannot be played, and goes on with a better one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'player-page-'));
    const bytes = await readFile(path.join(demo, 'clip.mp4'));
    await writeFile(path.join(folder, 'damaged.mp4'), bytes.subarray(2000));
    const url = rig.host.mediaUrl(path.join(folder, 'damaged.mp4'));
    await rig.host.open(rig.page, { media: { url, name: 'damaged.mp4', sound: 'unknown' } });
    await rig.page.getByRole('alert').getByText('Cannot play').waitFor();
    await rig.page.getByRole('button', { name: 'Open externally' }).click();
    assert.deepEqual(said('request').at(-1)?.body, { kind: 'action', action: 'openExternally' });
    await rig.host.send(rig.page, { type: 'media', media: clip() });
    await until('the picture', "video.readyState > 1 && document.querySelector('#problem').hidden");
    await rig.host.send(rig.page, { type: 'gone', text: 'It is gone.' });
    await rig.page.getByRole('alert').getByText('It is gone.').waitFor();
    assert.equal(await rig.page.getByRole('button', { name: 'Open externally' }).isVisible(), false);
    await rm(folder, { recursive: true });
  });

  it('begins a file that replaces another at its start, and goes on to play when one could not', async () => {
    await rig.noteFrames();
    await rig.host.open(rig.page, { media: clip() });
    await until('the second second', 'video.currentTime > 1.2');
    const next = clip();
    await rig.host.send(rig.page, { type: 'media', media: next });
    await until('the new file', `video.src === '${next.url}' && video.readyState > 1 && !video.paused`);
    const frames = await rig.noted();
    const first = await waitFor('its frame', () => frames.find(({ src }) => src === next.url)?.media ?? 0);
    assert.ok(first < 0.5, `it begins at ${first} s`);
    const folder = await mkdtemp(path.join(tmpdir(), 'player-page-'));
    const cut = path.join(folder, 'cut.mp4'); // as it is seen while another program writes it
    await writeFile(cut, (await readFile(path.join(demo, 'clip.mp4'))).subarray(0, 500));
    await rig.host.send(rig.page, {
      type: 'media',
      media: { ...clip(), url: rig.host.mediaUrl(cut), sound: 'unknown' },
    });
    await rig.page.getByRole('alert').getByText('Cannot play').waitFor();
    await rig.host.send(rig.page, { type: 'media', media: clip() });
    await until('it to play', "video.currentTime > 0.2 && document.querySelector('#problem').hidden");
    await rm(folder, { recursive: true });
  });

  it('takes no notice of a file that is said to be new and is the same', async () => {
    const media = clip();
    await rig.host.open(rig.page, { media });
    await until('the second second', 'video.currentTime > 1.2');
    await rig.host.send(rig.page, { type: 'media', media });
    await until('it to go on', 'video.currentTime > 1.5');
    await rig.page.keyboard.press('k');
    const next = clip();
    await rig.host.send(rig.page, { type: 'media', media: next });
    await until('the new file', `video.src === '${next.url}' && video.readyState > 2`);
    await rig.page.waitForTimeout(300);
    assert.deepEqual(await ask('[video.paused, video.currentTime]'), [true, 0]);
  });

  it('plays nothing while it says that there is nothing', async () => {
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.1');
    await rig.host.send(rig.page, { type: 'gone', text: 'It is gone.' });
    await rig.page.getByRole('alert').waitFor();
    for (const act of [' ', 'l', 'button']) {
      if (act === 'button') await rig.page.locator('media-play-button').click();
      else await rig.page.keyboard.press(act);
      await rig.page.waitForTimeout(200);
      assert.equal(await ask('video.paused'), true);
    }
    await rig.host.send(rig.page, { type: 'media', media: clip() });
    await until('the picture', "video.readyState > 1 && document.querySelector('#problem').hidden");
  });
});
