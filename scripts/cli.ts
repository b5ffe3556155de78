// npm run cli -- …: the command line against the stack that `npm start` runs, or against what the environment names.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, entryOf } from './stack/build.ts';
import type { StackFile } from './stack/stack.ts';

const root = resolve(import.meta.dirname, '..');
const dataDir = join(root, '.data');
const stackFile = join(dataDir, 'stack.json');
await build(root);

const ofStack = existsSync(stackFile)
  ? {
      DATABASE_URL: (JSON.parse(readFileSync(stackFile, 'utf8')) as StackFile).databaseUrl,
      SECRETS_MASTER_KEY_FILE: join(dataDir, 'master.key'),
      AUDIT_KEY_FILE: join(dataDir, 'audit.key'),
    }
  : {};
const child = spawn(process.execPath, [entryOf(root, 'cli'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...ofStack, ...process.env },
});
child.once('exit', (code) => process.exit(code ?? 1));
