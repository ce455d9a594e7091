import type { DatabaseSync } from 'node:sqlite';
import { hashOfRequestText } from './requestHash.ts';
import { patiently, runTransaction } from './sqlite.ts';

/** Each takes the file from the version that is its index to the next. Never changed once released; new ones go to the end. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE tasks (
     id TEXT PRIMARY KEY,
     state TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     change INTEGER NOT NULL,
     record TEXT NOT NULL
   );
   CREATE INDEX tasks_by_state ON tasks (state);
   CREATE INDEX tasks_by_change ON tasks (change);
   CREATE TABLE removed (id TEXT PRIMARY KEY, change INTEGER NOT NULL);
   CREATE TABLE changes (newest INTEGER NOT NULL);
   INSERT INTO changes VALUES (0);`,
  `CREATE INDEX tasks_by_creation ON tasks (created_at);
   ALTER TABLE tasks ADD COLUMN remote_id TEXT;
   UPDATE tasks SET remote_id = json_extract(record, '$.remoteId');
   CREATE INDEX tasks_by_remote_id ON tasks (remote_id);`,
  // `recorded` is the number of the change that made the task; 0 for those of older versions.
  `ALTER TABLE tasks ADD COLUMN request_hash TEXT;
   ALTER TABLE tasks ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0;
   UPDATE tasks SET request_hash = request_hash(json_extract(record, '$.request')) WHERE json_valid(record);
   CREATE INDEX tasks_by_request ON tasks (request_hash);
   CREATE INDEX removed_by_change ON removed (change);
   CREATE TABLE unattended (at INTEGER NOT NULL, credits REAL NOT NULL);
   CREATE INDEX unattended_by_time ON unattended (at);`,
  // A window that still runs an older version records tasks without `request_hash` and `recorded`.
  `CREATE TRIGGER tasks_of_older_versions AFTER INSERT ON tasks WHEN new.request_hash IS NULL BEGIN
     UPDATE tasks SET recorded = new.change WHERE rowid = new.rowid;
   END;
   UPDATE tasks SET request_hash = request_hash(json_extract(record, '$.request'))
     WHERE request_hash IS NULL AND json_valid(record);`,
];

const SCHEMA_VERSION = MIGRATIONS.length;

/** The ledger was written by a newer version of this extension. */
export class LedgerTooNew extends Error {
  readonly version: number;

  constructor(version: number) {
    super(`The task list has version ${version}, this extension knows version ${SCHEMA_VERSION}.`);
    this.name = 'LedgerTooNew';
    this.version = version;
  }
}

/** Makes the tables of a new file, and brings those of an older version up to date. Throws {@link LedgerTooNew}. */
export function bringUpToDate(database: DatabaseSync): DatabaseSync {
  patiently(() => {
    if (versionOf(database) === SCHEMA_VERSION) return;
    database.function('request_hash', { deterministic: true }, request =>
      typeof request === 'string' ? hashOfRequestText(request) : null,
    );
    runTransaction(database, 'PRAGMA synchronous = FULL', () => {
      const version = versionOf(database);
      if (version > SCHEMA_VERSION) throw new LedgerTooNew(version);
      for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
      database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    });
  });
  return database;
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
