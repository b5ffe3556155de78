import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFile } from './stack.ts';

/**
 * The variables that the command line gets from the stack in `dataDir`, or none if the environment names another
 * database. With the stack's keys, secrets sealed into that database could not be opened there, and digests signed
 * there could not be verified.
 */
export function cliEnvironment(dataDir: string, { DATABASE_URL }: NodeJS.ProcessEnv): Record<string, string> {
  const stackFile = join(dataDir, 'stack.json');
  if (!existsSync(stackFile)) return {};
  const { databaseUrl } = JSON.parse(readFileSync(stackFile, 'utf8')) as StackFile;
  if (DATABASE_URL !== undefined && DATABASE_URL !== databaseUrl) return {};
  return {
    DATABASE_URL: databaseUrl,
    SECRETS_MASTER_KEY_FILE: join(dataDir, 'master.key'),
    AUDIT_KEY_FILE: join(dataDir, 'audit.key'),
  };
}
