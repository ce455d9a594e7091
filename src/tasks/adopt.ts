import type { RemoteTask } from '../evolink/answers.ts';
import type { EvoLinkClient } from '../evolink/client.ts';
import type { GenerationRequest } from '../evolink/request.ts';
import { newIdempotencyKey, newTaskId } from './ids.ts';
import type { Ledger } from './ledger.ts';
import type { TaskRecord, TaskTarget } from './record.ts';

export interface AdoptOptions {
  readonly remoteId: string;
  readonly origin: string;
  /** This window. */
  readonly owner: string;
  /** Where its video is to go. */
  readonly target: TaskTarget;
  /** Stands where EvoLink does not tell what was asked for; its prompt is the user's note or empty. */
  readonly request: GenerationRequest;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Takes over a task that was made elsewhere, or lost with its ledger: it is asked for by its id and followed from there on.
 * One that the ledger knows already is returned as it is. Throws an `EvoLinkError` where EvoLink does not show it.
 */
export async function adoptTask(
  options: AdoptOptions,
  client: Pick<EvoLinkClient, 'query'>,
  ledger: Ledger,
): Promise<TaskRecord> {
  const { origin, remoteId } = options;
  const known = ledger.findRemote(origin, remoteId);
  if (known) return known;
  const record = adoptedRecord(options, await client.query(remoteId));
  await ledger.add(record, () => ledger.findRemote(origin, remoteId) === undefined);
  return ledger.findRemote(origin, remoteId) ?? record;
}

function adoptedRecord(options: AdoptOptions, remote: RemoteTask): TaskRecord {
  const { origin, owner, target, now } = options;
  const request = {
    ...options.request,
    model: remote.model ?? options.request.model,
    duration: remote.videoSeconds ?? options.request.duration,
  };
  return {
    id: newTaskId(),
    remoteId: remote.id,
    origin,
    // EvoLink is asked again at once by whoever follows, and ends it or goes on.
    state: 'queued',
    prompt: request.prompt,
    request,
    createdAt: remote.createdAt ?? now,
    updatedAt: now,
    progress: remote.progress !== undefined && remote.progress < 100 ? remote.progress : 0,
    ...(remote.estimatedSeconds === undefined ? {} : { estimatedSeconds: remote.estimatedSeconds }),
    credits: remote.credits,
    charged: remote.charged,
    idempotencyKey: newIdempotencyKey(),
    owner,
    target,
    // Its age counts from the adoption: an old one is looked at soon all the same.
    acceptedAt: now,
    adopted: true,
  };
}
