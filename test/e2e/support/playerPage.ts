// The player in VS Code, opened, driven and asked by a test.
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { repository } from '../../support/paths.ts';
import { within } from '../../support/waitFor.ts';
import type { Workbench } from '../../support/workbench.ts';

/** The demo clip. */
export const clip = path.join(repository, 'media', 'demo', 'clip.mp4');
/** User settings with which a click on an MP4 opens the player. */
export const ASSOCIATIONS = { 'workbench.editorAssociations': { '*.mp4': 'seedance.player' } };

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

/** Opens a video of the workspace by mouse. Resolves when it plays. */
export async function openClip(workbench: Workbench, file = 'clip.mp4'): Promise<PlayerPage> {
  const names = file.split('/');
  for (const folder of names.slice(0, -1)) await workbench.expandTreeItem(folder);
  await workbench.openTreeItem(names.at(-1) ?? file);
  return workbench.waitFor(
    'the first second',
    async () => {
      // The workbench may replace the page while it loads: each look finds it anew.
      const page = new PlayerPage(await workbench.webviewFrame('#controls', 30_000));
      const plays = "video.currentTime > 0.3 && document.body.dataset.route !== 'preparing'";
      return (await within(2000, () => page.ask<boolean>(plays).catch(() => false))) && page;
    },
    60_000,
  );
}
