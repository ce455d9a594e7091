import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { Ledger } from '../../src/tasks/ledger.ts';
import { HOSTILE } from '../support/hostileWords.ts';
import { makeRecord } from '../support/records.ts';
import { openStudio, type OpenStudio, setKey } from './support/studio.ts';

/** How the words begin, as they must be read in each place. */
const READ =
  'See [x](command:workbench.action.toggleSidebarVisibility) ![y](https://evil.example/p.png) <img src=';

/** Words alone: nothing to click, nothing loaded, no icon of theirs. */
async function assertText(place: Locator): Promise<void> {
  const text = (await place.innerText()).replaceAll('\u2060', '').replaceAll(/\s+/g, ' ');
  assert.ok(text.includes(READ), text);
  assert.ok(text.includes('$(trash)'), text);
  assert.equal(await place.locator('a[href], a[data-href], img[src*="evil"], b, .codicon-trash').count(), 0);
}

describe('foreign words in VS Code’s window', function () {
  this.timeout(240_000);
  let studio: OpenStudio;

  before(async () => {
    studio = await openStudio();
    const storage = path.join(
      studio.workbench.server.dataDir,
      'data/User/globalStorage/seedance-studio.seedance-studio',
    );
    await mkdir(storage, { recursive: true });
    // As if another window had just recorded them.
    const ledger = Ledger.open({ file: path.join(storage, 'tasks.db'), now: Date.now });
    const uncertain = { kind: 'timeout', message: '' };
    await ledger.add(makeRecord({ state: 'uncertain', prompt: HOSTILE, error: uncertain }));
    const unsent = { kind: 'windowGone', message: '' };
    await ledger.add(makeRecord({ state: 'waiting', prompt: '$(trash) A second one.', error: unsent }));
    ledger.close();
    await studio.workbench.openView('Seedance');
    await studio.workbench.waitForTreeItem(/Outcome unknown/);
  });
  after(() => studio?.close());

  it('are text in a notification that EvoLink words', async () => {
    const { workbench, faults } = studio;
    await setKey(studio);
    const error = { code: 'permission_denied', type: 'invalid_request_error', message: HOSTILE };
    faults.order({ on: 'credits', answer: { status: 403, body: { error } } });
    await workbench.runCommand('Seedance: Show Credits');
    await workbench.waitForNotification(/EvoLink says: See/);
    await workbench.screenshot('foreign-words-notification');
    await assertText(
      workbench.page
        .locator('.notification-list-item', { hasText: 'EvoLink says' })
        .filter({ visible: true })
        .first(),
    );
  });

  it('are text in a pick', async () => {
    const { workbench } = studio;
    await workbench.runCommand('Seedance: Copy Prompt');
    const pick = await workbench.waitForQuickInput('Which task?');
    const rows = pick.locator('.monaco-list-row');
    await rows.first().waitFor({ timeout: 20_000 });
    const text = (await rows.allInnerTexts()).join('\n').replaceAll('\u2060', '');
    assert.match(text, /See \[x\]\(command:/);
    assert.match(text, /\$\(trash\) A second one\./);
    assert.equal(await pick.locator('.monaco-list-row a[href], .codicon-trash').count(), 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('are text in a row and in its tooltip', async () => {
    const { workbench } = studio;
    const row = workbench.treeItem(/Outcome unknown/);
    assert.match((await row.innerText()).replaceAll('\u2060', ''), /^See \[x\]/);
    await workbench.page.mouse.move(0, 0);
    await row.hover();
    const tooltip = workbench.page.locator('.monaco-hover', { hasText: 'Outcome unknown' }).first();
    await tooltip.waitFor({ timeout: 20_000 });
    await workbench.screenshot('foreign-words-tooltip');
    await assertText(tooltip);
    await workbench.page.keyboard.press('Escape');
  });

  it('leave the view’s own sentences, which say what needs a person, as its badge does', async () => {
    const { workbench } = studio;
    const message = workbench.page.locator('.part.sidebar .message').first();
    assert.equal(
      (await message.innerText()).replaceAll(/\s+/g, ' ').trim(),
      'It is unknown whether 1 request was taken: it may be paid for. 1 request was not sent: send or remove it.',
    );
    assert.equal(await workbench.page.locator('.activitybar .badge-content', { hasText: '2' }).count(), 1);
    await workbench.waitForTreeItem(/Not sent/);
  });

  it('let the title’s button ask for a prompt also where a row has the focus', async () => {
    const { workbench } = studio;
    await workbench.clickTreeItem(/Not sent/);
    await workbench.page
      .locator('.part.sidebar')
      .getByRole('button', { name: 'Generate Video…' })
      .first()
      .click({ timeout: 20_000 });
    await workbench.waitForQuickInput('Describe the video');
    await workbench.page.keyboard.press('Escape');
    assert.equal(await workbench.hasNotification(/needs an object/), false);
  });
});
