import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFile } from './stack.ts';

/**
 * What the command line is given of the stack in `dataDir`: all or nothing. With its keys, what is sealed into another
 * database could not be opened there, and what was signed there would not be verified.
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
