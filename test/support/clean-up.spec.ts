import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandLineOf } from '../../scripts/stack/child.ts';
import { eventually } from './eventually';
import { temporaryDirectory } from './temporary';

it('a killed run still has its processes ended and its directories removed', async () => {
  const directories = [temporaryDirectory(), temporaryDirectory()];
  const run = spawn(process.execPath, ['--input-type=module', '--eval', RUN, ...directories]);
  const [said] = (await once(run.stdout, 'data')) as [Buffer];
  const server = Number(said.toString());
  expect(await commandLineOf(server)).toContain('sleep');
  run.kill('SIGKILL');

  await eventually('the directories to go', () => !directories.some((directory) => existsSync(directory)));
  // In a container, nothing may reap the process. It is then a zombie, without a command line.
  if (existsSync('/proc')) expect(await commandLineOf(server)).toBeFalsy();
  else process.kill(server);
});

const RUN = `
import { spawn } from 'node:child_process';
import { cleanUpAfterwards } from '${join(__dirname, 'clean-up.ts')}';
const directories = process.argv.slice(1);
cleanUpAfterwards(directories);
const env = { ...process.env, TMPDIR: directories[0] };
console.log(spawn('sleep', ['60'], { env, detached: true, stdio: 'ignore' }).pid);
setInterval(() => undefined, 1_000);`;
