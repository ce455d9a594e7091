// What a person does with the keyboard in VS Code's window.
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { reaction, startup } from './limits.ts';
import { waitFor } from './waitFor.ts';

/** Every action waits for what it needs, within a limit, and does what a person would do. */
export abstract class Keyboard {
  /** The window. Throws while it is closed. */
  abstract get page(): Page;

  /** Does one action; a failure is explained with what was on the screen. */
  protected abstract step<T>(what: string, action: () => Promise<T>): Promise<T>;

  /** Runs a command as a person does: F1, its title as the palette shows it ("Seedance: Show Log"), Enter. */
  async runCommand(title: string): Promise<void> {
    await this.step(`run ${title}`, async () => {
      await this.#quickPick('F1', title, label => label === title);
    });
  }

  /** Opens a file of the workspace by quick open. @param file path relative to the workspace, with slashes */
  async openFile(file: string): Promise<void> {
    const name = path.posix.basename(file);
    await this.step(`open ${file}`, async () => {
      await this.#quickPick('ControlOrMeta+P', file, label => label === name);
      await this.#quickInput().waitFor({ state: 'hidden', timeout: reaction });
      await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor({ timeout: reaction });
    });
  }

  /** Selects whole lines of the active editor, both included, counted from 1, by keyboard. They may not all be empty. */
  async selectLines(first: number, last: number): Promise<void> {
    await this.step(`select lines ${first} to ${last}`, async () => {
      const goes = new RegExp(`\\b${first}\\b.*\\b1\\b`); // "Press 'Enter' to go to line 3 at column 1."
      await this.#quickPick('Control+G', `:${first}:1`, label => goes.test(label));
      await this.#quickInput().waitFor({ state: 'hidden', timeout: reaction });
      await this.#position(status => status === `Ln ${first}, Col 1`);
      for (let line = first; line < last; line++) await this.page.keyboard.press('Shift+ArrowDown');
      await this.page.keyboard.press('Shift+End');
      await this.#position(status => status.startsWith(`Ln ${last}, `) && status.includes('selected'));
    });
  }

  /** Selects all text of the active editor. */
  async selectAll(): Promise<void> {
    await this.step('select all', async () => {
      await this.focusEditor();
      await this.page.keyboard.press('ControlOrMeta+A');
      await this.#position(status => status.includes('selected'));
    });
  }

  /** Makes each line of the active editor a selection of its own. @param lines how many there are, two or more */
  async selectEachLine(lines: number): Promise<void> {
    await this.selectAll();
    await this.runCommand('Add Cursors to Line Ends');
    await this.step('select each line', async () => {
      await this.#position(status => status === `${lines} selections`);
      await this.page.keyboard.press('Shift+Home');
      await this.#position(status => status.startsWith(`${lines} selections (`));
    });
  }

  /** Types text where the cursor of the active editor is. */
  async type(text: string): Promise<void> {
    await this.step('type', async () => {
      await this.focusEditor();
      await this.page.keyboard.type(text);
    });
  }

  /** Waits for an input box or a pick that shows this text (title, placeholder, message or an item). */
  async waitForQuickInput(text: string | RegExp, limit = reaction): Promise<Locator> {
    return this.step(`wait for the question ${text}`, async () => {
      const widget = this.page.locator('.quick-input-widget').filter({ visible: true });
      await waitFor(
        `a quick input with ${text}`,
        async () => {
          if (!(await widget.isVisible())) return false;
          const input = widget.locator('.quick-input-box input');
          const shown = [
            await widget.innerText(),
            await input.getAttribute('placeholder'),
            await input.getAttribute('aria-label'),
          ].join('\n');
          return matches(shown, text);
        },
        limit,
      );
      return widget;
    });
  }

  /** Answers an input box that shows `question`: types the text and presses Enter. */
  async answer(question: string | RegExp, text: string, limit = reaction): Promise<void> {
    const widget = await this.waitForQuickInput(question, limit);
    await this.step(`answer ${question}`, async () => {
      await this.#typeInto(widget.locator('.quick-input-box input'), text);
      await this.page.keyboard.press('Enter');
    });
  }

  /** Picks an item of the pick that is shown, by its label, with the keyboard. */
  async pick(label: string | RegExp, limit = reaction): Promise<void> {
    await this.step(`pick ${label}`, async () => {
      const row = this.page
        .locator('.quick-input-widget .monaco-list-row')
        .filter({ has: this.page.locator('.label-name', { hasText: label }) })
        .first();
      await row.waitFor({ timeout: limit });
      await waitFor(
        `the item ${label} to be in focus`,
        async () => {
          if ((await row.getAttribute('class'))?.includes('focused')) return true;
          await this.page.keyboard.press('ArrowDown');
          return false;
        },
        reaction,
      );
      await this.page.keyboard.press('Enter');
    });
  }

  protected async focusEditor(): Promise<void> {
    const focused = this.page.locator('.editor-group-container.active .monaco-editor.focused').first();
    if (await focused.isVisible()) return;
    await this.runCommand('View: Focus Active Editor Group');
    await focused.waitFor({ timeout: reaction });
  }

  #quickInput(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-box input').filter({ visible: true });
  }

  /** Opens a list by a key, types and takes the item. While the window starts an item may not be there yet: then the list is opened again. */
  async #quickPick(key: string, text: string, wanted: (label: string) => boolean): Promise<void> {
    const prefix = key === 'F1' ? '>' : '';
    const rows = this.page.locator('.quick-input-widget .monaco-list-row');
    const busy = this.page.locator('.quick-input-progress:not(.done)');
    // What is focused is read together with the labels: a list that is searched again meanwhile may be shorter at the next look.
    const take = async () => {
      const shown = await rows.evaluateAll(all =>
        all.map(row => ({
          label: row.querySelector('.label-name')?.textContent ?? '',
          focused: row.classList.contains('focused'),
        })),
      );
      const index = shown.findIndex(({ label }) => wanted(label));
      if (index < 0) return false;
      if (shown[index]?.focused) await this.page.keyboard.press('Enter');
      else if (!(await clicked(rows.nth(index)))) return false;
      return true;
    };
    await waitFor(
      `"${text}" in the list that ${key} opens`,
      async () => {
        // Only where a list is open: in the editor Escape would drop the selection.
        if (await this.#quickInput().isVisible()) await this.page.keyboard.press('Escape');
        await this.page.keyboard.press(key);
        await this.#typeInto(this.#quickInput(), prefix + text);
        const end = Date.now() + 3000;
        const takenOrOver = async () => {
          if (await take()) return 'taken';
          return Date.now() > end && !(await busy.isVisible()) ? 'over' : undefined; // a search under way is not started anew
        };
        return (await waitFor(`"${text}"`, takenOrOver, startup)) === 'taken';
      },
      startup,
    );
  }

  async #typeInto(input: Locator, text: string): Promise<void> {
    await input.waitFor({ timeout: reaction });
    await input.fill(text);
  }

  async #position(expected: (status: string) => boolean): Promise<void> {
    const status = this.page.locator('[id="status.editor.selection"]');
    await waitFor(
      'the cursor',
      async () => expected((await status.textContent({ timeout: 500 }).catch(() => '')) ?? ''),
      reaction,
    );
  }
}

/** Whether the row was there to be clicked. */
async function clicked(row: Locator): Promise<boolean> {
  return row.click({ timeout: 2000 }).then(
    () => true,
    () => false,
  );
}

function matches(shown: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? shown.includes(text) : text.test(shown);
}
