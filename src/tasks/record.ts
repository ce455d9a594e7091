import * as v from 'valibot';
import { ASPECT_RATIOS, QUALITIES } from '../evolink/models.ts';
import type { SeenProgress } from './scheduleProgress.ts';
import { TASK_STATES, type Task } from './task.ts';

/** Where the finished video is to go, fixed when Generate is pressed. */
export interface TaskTarget {
  /** Uri of the workspace folder as text. */
  readonly workspaceFolder: string;
  /** Folder inside the workspace folder, with `/` between its parts. */
  readonly outputFolder: string;
  /** Template of the file name, without extension. */
  readonly fileName: string;
}

/** A task as the ledger keeps it: what other extensions see, and what only the tasks room needs. */
export interface TaskRecord extends Task {
  /** Stays with the task for every POST of it (EvoLink's own client: 16 to 96 characters of `[A-Za-z0-9._-]`). */
  readonly idempotencyKey: string;
  /** The window that recorded the task and sends it. */
  readonly owner: string;
  readonly target: TaskTarget;
  /** How many POSTs were begun for it: tells apart to which of them an answer belongs. */
  readonly attempt?: number;
  /** The user sent it again while it was uncertain: that POST may have been taken and charged, whatever became of a later one. */
  readonly doubt?: boolean;
  /** When the request was last handed to the network (milliseconds since 1970). */
  readonly sentAt?: number;
  /** When EvoLink accepted the task, or it was adopted (milliseconds since 1970). */
  readonly acceptedAt?: number;
  /** What the schedule keeps of the progress that was seen. */
  readonly seenProgress?: SeenProgress;
  /** The result link; it dies 24 hours after the task completed. */
  readonly resultUrl?: string;
  /** When EvoLink was first seen to call the task completed (milliseconds since 1970). */
  readonly completedAt?: number;
  /** How long EvoLink took, in seconds, where a look came in time to tell; teaches the schedule. */
  readonly tookSeconds?: number;
  /** The finished video, kept in the extension's storage because its folder can't be used: no link can die any more. */
  readonly parked?: ParkedVideo;
  /** Made elsewhere and taken over by its id: prompt and options are not known. */
  readonly adopted?: boolean;
}

export interface ParkedVideo {
  /** Path of the complete file on this machine. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

const optionalNumber = v.exactOptional(v.number());
const optionalString = v.exactOptional(v.string());

const RecordSchema = v.object({
  id: v.string(),
  remoteId: optionalString,
  origin: v.string(),
  state: v.picklist(TASK_STATES),
  prompt: v.string(),
  request: v.object({
    model: v.string(),
    prompt: v.string(),
    duration: v.number(),
    quality: v.picklist(QUALITIES),
    aspect_ratio: v.picklist(ASPECT_RATIOS),
    generate_audio: v.boolean(),
    content_filter: v.boolean(),
    model_params: v.exactOptional(v.object({ web_search: v.boolean() })),
    callback_url: optionalString,
  }),
  createdAt: v.number(),
  updatedAt: v.number(),
  progress: v.number(),
  estimatedSeconds: optionalNumber,
  credits: v.object({ estimated: optionalNumber, reserved: optionalNumber, charged: optionalNumber }),
  charged: v.picklist(['no', 'yes', 'unknown']),
  error: v.exactOptional(
    v.object({
      kind: v.string(),
      code: optionalString,
      message: v.string(),
      httpStatus: optionalNumber,
      requestId: optionalString,
    }),
  ),
  video: v.exactOptional(
    v.object({
      uri: v.string(),
      bytes: v.number(),
      sha256: v.string(),
      width: optionalNumber,
      height: optionalNumber,
      seconds: optionalNumber,
      hasAudio: v.exactOptional(v.boolean()),
    }),
  ),
  source: v.exactOptional(
    v.object({
      uri: v.string(),
      cell: optionalNumber,
      line: v.number(),
      text: v.string(),
      hash: v.string(),
    }),
  ),
  idempotencyKey: v.string(),
  owner: v.string(),
  target: v.object({ workspaceFolder: v.string(), outputFolder: v.string(), fileName: v.string() }),
  attempt: optionalNumber,
  doubt: v.exactOptional(v.boolean()),
  sentAt: optionalNumber,
  acceptedAt: optionalNumber,
  seenProgress: v.exactOptional(
    v.object({ value: v.number(), bySeconds: v.number(), afterSeconds: v.number() }),
  ),
  resultUrl: optionalString,
  completedAt: optionalNumber,
  tookSeconds: optionalNumber,
  parked: v.exactOptional(v.object({ path: v.string(), bytes: v.number(), sha256: v.string() })),
  adopted: v.exactOptional(v.boolean()),
});

/** Reads a record from the ledger's text. Throws where it is none. */
export function parseRecord(text: string): TaskRecord {
  return v.parse(RecordSchema, JSON.parse(text));
}

/** The part of a record that the world outside the tasks room sees. */
export function toTask(record: TaskRecord): Task {
  const {
    idempotencyKey,
    owner,
    target,
    attempt,
    doubt,
    sentAt,
    acceptedAt,
    seenProgress,
    resultUrl,
    completedAt,
    tookSeconds,
    parked,
    adopted,
    ...task
  } = record;
  return task;
}
