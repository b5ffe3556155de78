import { chmodSync, existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Exists on Linux; only a few MB large in most containers. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 1024 ** 3;

/** A new directory that other users may enter, which a PostgreSQL started by root needs. */
export function temporaryDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'integrations-test-'));
  chmodSync(directory, 0o755);
  return directory;
}

/**
 * The run's own temporary directory, in which all others are made. There is one, also in a run of several projects:
 * below a second one, paths of sockets would be longer than systems allow.
 */
export function directoryOfRun(): string {
  const run = globalThis as { directoryOfRun?: string };
  run.directoryOfRun ??= temporaryDirectory();
  process.env.TMPDIR = run.directoryOfRun;
  return run.directoryOfRun;
}

/**
 * A temporary directory in memory, if there is enough for the few hundred MB that a run keeps at a time. Each database has
 * hundreds of files, which cost a disk's file system as much as everything else that PostgreSQL does for the specs.
 */
export function temporaryDirectoryInMemory(): string {
  return temporaryDirectory(existsSync(MEMORY) && roomOf(MEMORY) >= ROOM_BYTES ? MEMORY : tmpdir());
}

function roomOf(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
