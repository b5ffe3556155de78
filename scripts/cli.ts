// npm run cli -- …: runs the command line against the stack of `npm start`, or against the servers that the environment
// names.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build, entryOf } from './stack/build.ts';
import { cliEnvironment } from './stack/cli-environment.ts';

const root = resolve(import.meta.dirname, '..');
await build(root);

const ofStack = cliEnvironment(join(root, '.data'), process.env);
const child = spawn(process.execPath, [entryOf(root, 'cli'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...ofStack, ...process.env },
});
// Pass signals on to the command, which would otherwise keep running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
