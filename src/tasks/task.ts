import type { GenerationRequest } from '../evolink/request.ts';

/**
 * `waiting` (recorded, not sent) → `submitting` (written before the first byte goes out) → `queued` → `generating` →
 * `downloading` → `saved`; the others are ends that are explained to the user. Meanings: docs/architecture.md.
 */
export const TASK_STATES = [
  'waiting',
  'submitting',
  'queued',
  'generating',
  'downloading',
  'saved',
  'uncertain',
  'rejected',
  'failed',
  'expired',
  'stopped',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export type Charged = 'no' | 'yes' | 'unknown';

/** Why a task is where it is, as data; the sentence that a person reads is made in the workbench. */
export interface TaskError {
  readonly kind: string;
  readonly code?: string;
  /** EvoLink's own words, or the system's. */
  readonly message: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
}

export interface SavedVideo {
  /** Uri of the file as text. */
  readonly uri: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
  readonly hasAudio?: boolean;
}

/** Where the prompt was selected, so that the video finds its text again. */
export interface TaskSource {
  /** Uri of the document as text; of a cell the notebook's, of a file's version in git the file's. */
  readonly uri: string;
  /** Where the text lies in a notebook: zero-based number of its cell when it was selected. */
  readonly cell?: number;
  /** Zero-based line of the selection's start; in a notebook within the cell. */
  readonly line: number;
  /** The selected text before cleaning. */
  readonly text: string;
  /** SHA-256 of `text`, lower-case hexadecimal. */
  readonly hash: string;
}

/** One paid generation, from the user's Generate to the saved file. The JSON shape that other extensions see. */
export interface Task {
  /** Local id, from the first moment. */
  readonly id: string;
  /** EvoLink's id once known. */
  readonly remoteId?: string;
  /** Origin of the API that the task belongs to; it is only ever asked there. */
  readonly origin: string;
  readonly state: TaskState;
  readonly prompt: string;
  readonly request: GenerationRequest;
  /** Milliseconds since 1970, like all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** 0 to 100. */
  readonly progress: number;
  /** EvoLink's estimate for the whole generation, in seconds. */
  readonly estimatedSeconds?: number;
  readonly credits: { readonly estimated?: number; readonly reserved?: number; readonly charged?: number };
  readonly charged: Charged;
  readonly error?: TaskError;
  readonly video?: SavedVideo;
  readonly source?: TaskSource;
}
