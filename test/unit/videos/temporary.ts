import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A fresh folder for each test of the enclosing `describe`, removed afterwards. */
export function temporaryFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seedance-videos-'));
  });
  afterEach(() => fs.rm(folder, { recursive: true, force: true }));
  return () => folder;
}
