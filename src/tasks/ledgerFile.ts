import { existsSync, renameSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { salvage } from './ledgerSalvage.ts';
import { ProcessLock } from './lock.ts';
import { isBusy, isDamaged, openDatabase, patiently, runTransaction } from './sqlite.ts';

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
];

/** Linux' numbers of NFS, SMB, CIFS, SMB 2, AFS, Ceph and 9p (statfs(2)). */
const NETWORK_FILE_SYSTEMS: ReadonlySet<bigint> = new Set([
  0x6969n,
  0x517bn,
  0xff534d42n,
  0xfe534d42n,
  0x5346414fn,
  0x00c36400n,
  0x01021997n,
]);

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

export interface OpenedLedgerFile {
  readonly database: DatabaseSync;
  /** Where a damaged file was put aside. */
  readonly damagedFile?: string;
}

/**
 * Opens the ledger's file, made or brought up to date where need be. A damaged one is put aside, and what can be read of it is
 * taken over. Throws {@link LedgerTooNew}, `SqliteMissing`, or SQLite's own error where the folder can't be written.
 * @param file path, or `:memory:`
 * @param now milliseconds since 1970
 */
export function openLedgerFile(file: string, now: number): OpenedLedgerFile {
  const database = openUndamaged(file);
  if (database) return { database };
  // One window repairs at a time, and only what is damaged still when it is its turn: else the second would put aside the first one's new file.
  const repairing = new ProcessLock(`${file}.repair`);
  repairing.acquire();
  try {
    const repaired = openUndamaged(file);
    if (repaired) return { database: repaired };
    const damagedFile = setAside(file, now);
    const fresh = open(file);
    salvage(damagedFile, fresh);
    return { database: fresh, damagedFile };
  } finally {
    repairing.release();
  }
}

/**
 * Undefined where the file is damaged. One that another window works with stays in use where it can be opened: what that one
 * writes later would be lost with a file that was put aside.
 */
function openUndamaged(file: string): DatabaseSync | undefined {
  try {
    const database = open(file);
    if (patiently(() => isWhole(database))) return database;
    database.close();
    return isInUse(file) ? open(file) : undefined;
  } catch (error) {
    if (!isDamaged(error)) throw error;
    return undefined;
  }
}

/** A look at every page: some 20 ms for 10,000 tasks. */
function isWhole(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok';
}

function isInUse(file: string): boolean {
  const database = openDatabase(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch (error) {
    if (!isBusy(error)) throw error;
    return true;
  } finally {
    database.close();
  }
}

function open(file: string): DatabaseSync {
  const database = openDatabase(file);
  try {
    // WAL needs shared memory, which network file systems lack, or have for each machine alone.
    if (!isOnNetwork(file) && tryWal(database)) return prepared(database);
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  const other = openDatabase(file);
  try {
    // Only under an exclusive lock can a file that is in WAL mode be read without shared memory.
    patiently(() =>
      other.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL',
      ),
    );
    return prepared(other);
  } catch (error) {
    other.close();
    throw error;
  }
}

/** As far as this system says. */
function isOnNetwork(file: string): boolean {
  if (process.platform !== 'linux' || file === ':memory:') return false;
  return NETWORK_FILE_SYSTEMS.has(statfsSync(dirname(file), { bigint: true }).type);
}

function tryWal(database: DatabaseSync): boolean {
  try {
    patiently(() => {
      // Only a write shows whether there is shared memory: reading may work without.
      database.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; ROLLBACK');
    });
    return true;
  } catch (error) {
    if (isBusy(error) || isDamaged(error)) throw error;
    return false;
  }
}

function prepared(database: DatabaseSync): DatabaseSync {
  patiently(() => {
    if (versionOf(database) === SCHEMA_VERSION) return;
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

/** Renames a damaged database and its companions; nothing is thrown away. */
function setAside(file: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, `${file}.damaged-${stamp}${suffix}`);
  }
  return `${file}.damaged-${stamp}`;
}
