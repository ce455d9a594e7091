import type { ParkedVideo } from './record.ts';

export interface SaveErrorDetails {
  /** The link is dead, or may not be used: EvoLink has to be asked for another. */
  readonly linkDead?: boolean;
  readonly retryAfterSeconds?: number;
  /** The video is safe on this machine; only its folder can't be used. */
  readonly parked?: ParkedVideo;
}

/** A failure to save that says what kind it is. */
export class SaveError extends Error {
  readonly kind: string;
  readonly details: SaveErrorDetails;

  constructor(kind: string, message: string, details: SaveErrorDetails = {}) {
    super(message);
    this.name = 'SaveError';
    this.kind = kind;
    this.details = details;
  }
}
