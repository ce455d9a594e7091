import type { DatabaseSync } from 'node:sqlite';
import { parseRecord } from './record.ts';
import { requestHash } from './requestHash.ts';
import { openDatabase, runTransaction } from './sqlite.ts';

/** Ways to all rows: where one leads through a damaged page, another may not. */
const WAYS = ['NOT INDEXED', 'INDEXED BY tasks_by_state', 'INDEXED BY tasks_by_change'];

/**
 * Takes over from a damaged ledger every task that can still be read: it may be paid for, and nothing else may tell of it.
 * Returns how many. Throws what writing to `database` throws.
 * @param damagedFile path; it stays as it is
 */
export function salvage(damagedFile: string, database: DatabaseSync): number {
  const rows = readRows(damagedFile);
  const unattended = readUnattended(damagedFile);
  const insert = database.prepare(
    `INSERT OR IGNORE INTO tasks (id, state, created_at, remote_id, change, request_hash, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  runTransaction(database, 'PRAGMA synchronous = FULL', () => {
    let change = 0;
    for (const { id, state, createdAt, remoteId, request, text } of rows)
      insert.run(id, state, createdAt, remoteId ?? null, ++change, requestHash(request), text);
    const note = database.prepare('INSERT INTO unattended (at, credits) VALUES (?, ?)');
    for (const { at, credits } of unattended) note.run(at, credits);
    database.prepare('UPDATE changes SET newest = ?').run(change);
  });
  return rows.length;
}

function readRows(file: string) {
  let source: DatabaseSync | undefined;
  try {
    source = openDatabase(file);
    source.exec('PRAGMA query_only = TRUE');
    const read = source.prepare('SELECT record FROM tasks WHERE rowid = ?');
    return rowids(source).flatMap(rowid => {
      try {
        const text = String(read.get(rowid)?.['record']);
        return { ...parseRecord(text), text };
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  } finally {
    source?.close();
  }
}

/** What went unasked counts on, as far as it can be read. */
function readUnattended(file: string): readonly { readonly at: number; readonly credits: number }[] {
  let source: DatabaseSync | undefined;
  try {
    source = openDatabase(file);
    return source
      .prepare('SELECT at, credits FROM unattended')
      .all()
      .map(row => ({ at: Number(row['at']), credits: Number(row['credits']) }));
  } catch {
    return [];
  } finally {
    source?.close();
  }
}

/** In the order in which they were recorded. */
function rowids(source: DatabaseSync): readonly number[] {
  const found = new Set<number>();
  for (const way of WAYS) {
    try {
      for (const row of source.prepare(`SELECT rowid FROM tasks ${way}`).iterate())
        found.add(Number(row['rowid']));
    } catch {
      // What was found before the damage counts.
    }
  }
  return [...found].toSorted((a, b) => a - b);
}
