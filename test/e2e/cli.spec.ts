import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { run } from '../../scripts/stack/child.ts';
import { eventually } from '../support/eventually';

let command: ChildProcess | undefined;

// Closing the input ends whatever is still running.
afterEach(() => command?.stdin?.end());

describe('npm run cli', () => {
  it('ends its command when it is terminated itself, for example by a cancelled job', async () => {
    const env = { ...process.env, SECRETS_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
    command = spawn(process.execPath, ['scripts/cli.ts', 'secret', 'put', '--path', 'waits/for/input'], { env });
    const begun = async () => (await run('pgrep', ['-f', '-P', String(command?.pid), 'secret put'])).code === 0;
    await eventually('the command', begun);
    command.kill('SIGTERM');
    // Emitted only when all processes that write to the pipe have ended.
    expect(await once(command, 'close')).toEqual([1, null]);
  });
});
