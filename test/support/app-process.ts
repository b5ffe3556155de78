import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { type AppName, entryOf } from '../../scripts/stack/build.ts';
import { ended, run, startChild, stopChild, until } from '../../scripts/stack/child.ts';
import { freePorts } from '../../scripts/stack/ports.ts';

const ROOT = resolve('.');

/** A built app in its own process. */
export interface AppProcess {
  readonly url: string;
  /** Everything the app has printed. */
  log(): string;
  /** Sends SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
}

/** Starts an app, on a free port unless `env` names one, and waits until it reports that it is ready. */
export async function startApp(
  app: AppName,
  env: NodeJS.ProcessEnv,
  flags: readonly string[] = ['--enable-source-maps'],
  entry = entryOf(ROOT, app),
): Promise<AppProcess> {
  const port = Number(env['PORT'] ?? (await freePorts(1)));
  const child = startChild(process.execPath, [...flags, entry], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, PORT: String(port), ...env },
  });
  const log = collect(child);
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      const response = await fetch(`${url}/health/ready`);
      if (!response.ok) throw new Error(`${app} is not ready: ${await response.text()}\n${log()}`);
    },
    { timeoutMs: 60_000, reasonToStop: () => (child.exitCode === null ? null : `${app} ended at start:\n${log()}`) },
  ).catch(async (error: unknown) => {
    await stopChild(child, 'SIGKILL', 0);
    throw error;
  });
  return {
    url,
    log,
    stop: async () => {
      await stopChild(child, 'SIGTERM', 15_000);
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
}

/** Runs a command of the CLI. If it fails, throws what it printed. */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: ROOT, env: { PATH: process.env.PATH, ...env } };
  const { code, output, stdout } = await run(process.execPath, [entryOf(ROOT, 'cli'), ...args], options);
  if (code !== 0) throw new Error(output);
  return stdout.trim();
}

function collect(child: ChildProcess): () => string {
  let log = '';
  const keep = (chunk: Buffer): void => void (log += chunk.toString());
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => log;
}
