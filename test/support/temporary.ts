import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory that other users may enter, as a PostgreSQL started by root needs. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'integrations-test-'));
  chmodSync(directory, 0o755);
  return directory;
}
