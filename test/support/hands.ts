// What a person does with keyboard and mouse in VS Code's window.
import type { Frame, Locator } from 'playwright-core';
import { Keyboard } from './keyboard.ts';
import { patience, reaction, startup } from './limits.ts';
import { waitFor, within } from './waitFor.ts';

/** Adds the mouse, and finding the pages of webviews. */
export abstract class Hands extends Keyboard {
  /** Opens a view container by its icon in the activity bar. @param title as the icon's tooltip begins, "Seedance" */
  async openView(title: string): Promise<void> {
    await this.step(`open the view ${title}`, async () => {
      const item = this.page.locator('.part.activitybar .action-item').filter({
        has: this.page.locator(`.action-label[aria-label^="${title}"]`),
      });
      await item.first().waitFor({ timeout: reaction });
      if (!(await item.first().getAttribute('class'))?.includes('checked')) await item.first().click();
    });
  }

  /** An item of a tree in the side bar whose accessible name matches. */
  treeItem(name: string | RegExp): Locator {
    return this.page.locator('.part.sidebar').getByRole('treeitem', { name }).first();
  }

  /** Waits for a tree item and returns its accessible name, which holds label, description and state. */
  async waitForTreeItem(name: string | RegExp, limit = reaction): Promise<string> {
    return this.step(`wait for the item ${name}`, async () => {
      await this.treeItem(name).waitFor({ timeout: limit });
      return (await this.treeItem(name).getAttribute('aria-label')) ?? '';
    });
  }

  async clickTreeItem(name: string | RegExp, limit = reaction): Promise<void> {
    await this.step(`click the item ${name}`, () => this.treeItem(name).click({ timeout: limit }));
  }

  /** Opens a file of the explorer for good, with the focus in its editor. An explorer that moves its rows meanwhile is clicked again. */
  async openTreeItem(name: string): Promise<void> {
    const tab = this.page.locator('.tab.active', { hasText: name }).first();
    await this.step(`open the item ${name}`, () =>
      this.#repeatUntil(
        name,
        () => this.treeItem(name).dblclick({ timeout: reaction }),
        () => tab.isVisible(),
      ),
    );
  }

  /** Unfolds a folder of a tree; one that is unfolded already stays so. */
  async expandTreeItem(name: string | RegExp): Promise<void> {
    await this.step(`unfold ${name}`, async () => {
      const unfolded = async () => (await this.treeItem(name).getAttribute('aria-expanded')) === 'true';
      await this.treeItem(name).waitFor({ timeout: reaction });
      if (!(await unfolded())) await this.treeItem(name).click({ timeout: reaction });
      await waitFor(`${name} to be unfolded`, unfolded, reaction);
    });
  }

  /** Presses a button in the title of the active editor. */
  async pressTitleButton(name: string): Promise<void> {
    await this.step(`press ${name} in the editor's title`, () =>
      this.page
        .locator('.editor-group-container.active .editor-actions')
        .getByRole('button', { name })
        .click({ timeout: reaction }),
    );
  }

  /**
   * Opens the context menu of a tree item and chooses an entry; or presses the inline button with that title.
   * @param follows tells whether it was done: a busy workbench may close its menu untouched, then the entry is chosen again
   */
  async treeItemAction(
    name: string | RegExp,
    action: string,
    follows: () => Promise<boolean>,
  ): Promise<void> {
    await this.step(`${action} on the item ${name}`, () =>
      this.#repeatUntil(action, () => this.#chooseOnTreeItem(name, action), follows),
    );
  }

  /** Gives a file or folder in the explorer another name. */
  async renameTreeItem(from: string, to: string): Promise<void> {
    const name = this.page.locator('.explorer-folders-view .monaco-inputbox input');
    // A busy explorer may be about to follow the active editor, and then asks for that one's name.
    const asksForIt = async (): Promise<boolean> => {
      if (!(await name.isVisible())) return false;
      if ((await name.inputValue()) === from) return true;
      await this.page.keyboard.press('Escape');
      return false;
    };
    await this.treeItemAction(from, 'Rename...', asksForIt);
    await this.step(`rename ${from}`, async () => {
      await name.fill(to);
      await this.page.keyboard.press('Enter');
    });
    await this.waitForTreeItem(to);
  }

  /** Opens the context menu of the editor at the cursor's line and chooses an entry. The selection stays. @param follows as above */
  async editorMenu(entry: string, follows: () => Promise<boolean>): Promise<void> {
    await this.step(`choose ${entry} in the editor's menu`, () =>
      this.#repeatUntil(
        entry,
        async () => {
          await this.focusEditor();
          await this.page.keyboard.press('Shift+F10');
          await this.#chooseInMenu(entry);
        },
        follows,
      ),
    );
  }

  /** True where a notification that holds this text is visible now. */
  async hasNotification(text: string | RegExp): Promise<boolean> {
    return this.#notification(text).isVisible();
  }

  /** Waits for a notification, visible or in the closed centre, that holds this text. @returns its whole text */
  async waitForNotification(text: string | RegExp, limit = reaction): Promise<string> {
    return this.step(`wait for the notification ${text}`, async () => {
      await this.#notification(text).waitFor({ timeout: limit });
      return this.#notification(text).innerText();
    });
  }

  /** Presses a button of a notification. */
  async pressNotificationButton(text: string | RegExp, button: string, limit = reaction): Promise<void> {
    await this.step(`press ${button} in the notification ${text}`, async () => {
      await this.#notification(text)
        .locator('.monaco-button', { hasText: button })
        .first()
        .click({ timeout: limit });
    });
  }

  /** Waits for a modal dialog that holds this text and presses one of its buttons. @returns the dialog's text */
  async pressDialogButton(text: string | RegExp, button: string, limit = reaction): Promise<string> {
    return this.step(`press ${button} in the dialog ${text}`, async () => {
      const dialog = this.page.locator('.monaco-dialog-box', { hasText: text });
      await dialog.waitFor({ timeout: limit });
      const said = await dialog.innerText();
      await dialog.getByRole('button', { name: button, exact: true }).click();
      await dialog.waitFor({ state: 'detached', timeout: reaction });
      return said;
    });
  }

  /** Waits until an entry of the status bar holds this text. */
  async waitForStatusBar(text: string | RegExp, limit = reaction): Promise<void> {
    await this.step(`wait for ${text} in the status bar`, async () => {
      await this.page
        .locator('.part.statusbar .statusbar-item', { hasText: text })
        .first()
        .waitFor({ timeout: limit });
    });
  }

  /** Waits for the active tab. @param name as the tab shows it */
  async waitForActiveTab(name: string | RegExp, limit = reaction): Promise<void> {
    await this.step(`wait for the tab ${name}`, async () => {
      await this.page.locator('.tab.active', { hasText: name }).first().waitFor({ timeout: limit });
    });
  }

  // ---- webviews

  /** Waits for the webview that holds a visible element of this selector, and returns its innermost frame: the page of the extension. */
  async webviewFrame(selector = 'video', limit = reaction): Promise<Frame> {
    return this.step(`wait for a webview with ${selector}`, async () =>
      waitFor(`a webview with ${selector}`, () => this.#frameWith(selector), limit),
    );
  }

  /** True where a webview holds a visible element of this selector now. */
  async shows(selector: string): Promise<boolean> {
    return (await this.#frameWith(selector)) !== undefined;
  }

  async #frameWith(selector: string): Promise<Frame | undefined> {
    for (const frame of this.page.frames()) {
      if (frame === this.page.mainFrame()) continue;
      const shown = frame.locator(selector).first();
      // Frames come and go, and one that is loading may not answer.
      const found = await within(patience, () => shown.isVisible().catch(() => false));
      if (found) return frame;
    }
    return undefined;
  }

  async #repeatUntil(what: string, act: () => Promise<void>, follows: () => Promise<boolean>): Promise<void> {
    await waitFor(
      `${what} to be done`,
      async () => {
        await act();
        return waitFor('what follows', follows, patience).catch(() => false);
      },
      startup,
    );
  }

  async #chooseOnTreeItem(name: string | RegExp, action: string): Promise<void> {
    await this.treeItem(name).hover({ timeout: reaction });
    const inline = this.treeItem(name).getByRole('button', { name: action });
    if (await inline.isVisible()) return inline.click();
    await this.treeItem(name).click({ button: 'right' });
    return this.#chooseInMenu(action);
  }

  async #chooseInMenu(entry: string): Promise<void> {
    const item = this.page.locator('.monaco-menu .action-menu-item').filter({ hasText: entry }).first();
    await item.waitFor({ timeout: reaction });
    // A menu that has just opened takes no click, so that the one which opened it does not choose.
    await waitFor(`the menu to take ${entry}`, async () => {
      await item.click({ timeout: 1000 }).catch(() => {}); // it may be gone by now
      await item.waitFor({ state: 'hidden', timeout: 500 }).catch(() => {});
      return !(await item.isVisible());
    });
  }

  #notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: text }).filter({ visible: true }).first();
  }
}
