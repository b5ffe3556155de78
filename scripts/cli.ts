// npm run cli -- …: the command line against the stack that `npm start` runs, or against what the environment names.
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
// Whoever ends this means the command: it would go on by itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
