import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startChild, stopChild } from '../../../scripts/stack/child.ts';

const TICKS_PER_SECOND = 100;

export interface Targets {
  readonly url: string;
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

export async function startTargets(...args: string[]): Promise<Targets> {
  const child = startChild(process.execPath, [resolve('test/bench/health/targets.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const urls = (await firstLine(child)).split(' ');
  return { url: urls[0] ?? '', urls, stop: () => stopChild(child, 'SIGTERM', 2_000) };
}

/** CPU seconds of a bare undici Agent that makes `count` requests. */
export async function undiciLoop(url: string, count: number, concurrency: number): Promise<number> {
  const args = [resolve('test/bench/health/undici-loop.ts'), url, String(count), String(concurrency)];
  const child = startChild(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return Number(await firstLine(child));
}

/** CPU seconds that a process and its children, including ended ones, have used so far. Linux only. */
export function cpuSecondsOf(pid: number): number {
  const fields = statOf(pid);
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
  return childrenOf(pid).reduce((sum, child) => sum + cpuSecondsOfChild(child), own);
}

function cpuSecondsOfChild(pid: number): number {
  try {
    return cpuSecondsOf(pid);
  } catch {
    return 0; // it has just ended, and its parent now counts it
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the process has no output');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`${child.spawnargs.join(' ')}: ${code}`)),
  );
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  ended.catch(() => undefined);
  return line;
}

/** The fields from the state on. The process name before it may contain spaces. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
