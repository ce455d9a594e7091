// The player in VS Code, opened, driven and asked by a test.
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { repository } from '../../support/paths.ts';
import { patience, startup } from '../../support/limits.ts';
import { within } from '../../support/waitFor.ts';
import type { Workbench } from '../../support/workbench.ts';

/** The demo clip. */
export const clip = path.join(repository, 'media', 'demo', 'clip.mp4');

/** The player's page. */
export class PlayerPage {
  readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  ask<T>(expression: string): Promise<T> {
    return this.frame.evaluate<T>(
      `(() => { const video = document.querySelector('video'); return ${expression}; })()`,
    );
  }

  async run(statement: string): Promise<void> {
    await this.ask(`void (${statement})`);
  }

  async wait(milliseconds: number): Promise<void> {
    await this.frame.page().waitForTimeout(milliseconds);
  }
}

/** Opens a video of the workspace whose files open in the player. Resolves when it plays. */
export async function openClip(workbench: Workbench, file: string): Promise<PlayerPage> {
  await workbench.openFile(file);
  const firstSecond = async () => {
    // The workbench may replace the page while it loads: each look finds it anew.
    const page = new PlayerPage(await workbench.webviewFrame('#controls'));
    const plays = "video.currentTime > 0.3 && document.body.dataset.route !== 'preparing'";
    return (await within(patience, () => page.ask<boolean>(plays).catch(() => false))) && page;
  };
  return workbench.waitFor('the first second', firstSecond, startup);
}
