import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Continues when its standard input ends. Only the test process holds the other end. */
const SCRIPT = `
cat
directory=$1
of_the_run() { grep -ls "=$directory" /proc/[0-9]*/environ | cut -d / -f 3; }
kill -INT $(of_the_run)
for second in 1 2 3 4 5; do [ -z "$(of_the_run)" ] || sleep 1; done
kill -KILL $(of_the_run)
rm -rf "$@"`;

/**
 * Cleans up once this process is gone, however it ended. Ends processes whose environment names the first directory, where
 * /proc shows that, and removes all directories. At Ctrl-C, Jest skips the tear-down, and processes that a failed spec
 * started may outlive it.
 */
export function cleanUpAfterwards(directories: readonly string[]): void {
  const shell = spawn('sh', ['-c', SCRIPT, 'sh', ...directories], {
    detached: true,
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  (shell.stdin as Socket).unref();
}
