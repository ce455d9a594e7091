import { randomBytes } from 'node:crypto';

/** Letters and digits that are not mistaken for each other, and that any file system and API takes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A task's local id: 10 characters, 50 random bits; short, since it is part of the file's name. */
export function newTaskId(): string {
  return Array.from(randomBytes(10), byte => ALPHABET[byte % 32]).join('');
}

/** EvoLink's own client: 16 to 96 characters of `[A-Za-z0-9._-]`. */
export function newIdempotencyKey(): string {
  return `seedance-studio-${randomBytes(16).toString('hex')}`;
}
