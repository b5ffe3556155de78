import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Starts a process in a group of its own, so that Ctrl-C reaches only the parent, which stops its children in order.
 */
export function startChild(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
}

/** Resolves when the process has ended, at once if it has already. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Sends `signal`, and SIGKILL after `graceMs`. Resolves when the process has ended. */
export async function stopChild(child: ChildProcess, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const killTimer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended(child);
  clearTimeout(killTimer);
}

/**
 * Returns a function that returns the last 8,000 characters of output so far, or why the process could not be started.
 */
export function lastOutput(child: ChildProcess): () => string {
  let output = '';
  const keep = (chunk: string): void => void (output = (output + chunk).slice(-8_000));
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => keep(bytes.toString()));
  child.once('error', (error) => keep(error.message));
  return () => output;
}

export interface RunResult {
  readonly code: number | null;
  /** All that it printed, for people. */
  readonly output: string;
  /** Its answer. The other stream may hold warnings, of Node for example. */
  readonly stdout: string;
}

/** Runs a command to its end and collects its output. `code` is null if it could not be started. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      stdout += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => resolve({ code: null, output: error.message, stdout: '' }));
    child.once('close', (code) => resolve({ code, output, stdout }));
  });
}

interface UntilOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** The reason to stop trying, or null. */
  readonly reasonToStop?: () => string | null;
}

/** Repeats `attempt` until it succeeds. Throws its last error after `timeoutMs`. */
export async function until(
  attempt: () => void | Promise<void>,
  { timeoutMs = 60_000, everyMs = 50, reasonToStop }: UntilOptions = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const reason = reasonToStop?.();
      if (reason) throw new Error(reason, { cause: error });
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}

/** The command line of a process, or null if it does not exist. */
export async function commandLineOf(pid: number): Promise<string | null> {
  if (existsSync('/proc/self/cmdline')) {
    const file = `/proc/${pid}/cmdline`;
    return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : null;
  }
  const { code, output } = await run('ps', ['-p', String(pid), '-o', 'args=']);
  return code === 0 ? output : null;
}
