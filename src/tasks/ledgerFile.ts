import { existsSync, renameSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { salvage } from './ledgerSalvage.ts';
import { bringUpToDate } from './ledgerSchema.ts';
import { ProcessLock } from './lock.ts';
import { isBusy, isDamaged, openDatabase, patiently } from './sqlite.ts';

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

export interface OpenedLedgerFile {
  readonly database: DatabaseSync;
  /** Where a damaged file was put aside. */
  readonly damagedFile?: string;
}

/**
 * Opens the ledger's file, made or brought up to date where need be. A damaged one is put aside, and what can be read of it is
 * taken over. Throws `LedgerTooNew`, `SqliteMissing`, or SQLite's own error where the folder can't be written.
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
    if (!isOnNetwork(file) && tryWal(database)) return bringUpToDate(database);
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
    return bringUpToDate(other);
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

/** Renames a damaged database and its companions; nothing is thrown away. */
function setAside(file: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, `${file}.damaged-${stamp}${suffix}`);
  }
  return `${file}.damaged-${stamp}`;
}
