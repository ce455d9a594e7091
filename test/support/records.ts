import type { TaskRecord } from '../../src/tasks/record.ts';

let count = 0;

/** A record as the ledger gets it when Generate is pressed; `changes` replaces what a test is about. */
export function makeRecord(changes: Partial<TaskRecord> = {}): TaskRecord {
  count += 1;
  const prompt = changes.prompt ?? 'A lighthouse at dusk, waves rolling in.';
  return {
    id: `task${count}`,
    origin: 'https://api.example.com',
    state: 'waiting',
    prompt,
    request: {
      model: 'seedance-2.0-text-to-video',
      prompt,
      duration: 5,
      quality: '720p',
      aspect_ratio: '16:9',
      generate_audio: true,
      content_filter: true,
    },
    createdAt: 1_790_000_000_000 + count,
    updatedAt: 1_790_000_000_000 + count,
    progress: 0,
    credits: { estimated: 67.5 },
    charged: 'no',
    idempotencyKey: `seedance-test-key-${count}`,
    owner: 'window-1',
    target: { workspaceFolder: 'file:///workspace', outputFolder: 'videos', fileName: '{date}-{slug}-{id}' },
    ...changes,
  };
}
