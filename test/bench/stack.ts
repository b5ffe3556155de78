import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startChild, stopChild } from '../../scripts/stack/child.ts';
import type { StackFile } from '../../scripts/stack/stack.ts';

export interface BenchStack extends StackFile {
  readonly token: string;
  stop(): Promise<void>;
}

/** The whole stack as `npm start` runs it, durable, on free ports, with its data in the bench's own directory. */
export async function startStack(dataDir: string): Promise<BenchStack> {
  const args = ['scripts/start.ts', '--no-demo', '--port', '0', '--data-dir', dataDir];
  // The bench's single client sends more requests than the default rate limit allows.
  const env = { ...process.env, LOG_LEVEL: 'warn', REQUESTS_PER_MINUTE: '1000000000' };
  const child = startChild(process.execPath, args, { env });
  // An interrupted bench stops its stack.
  process.once('exit', () => child.kill('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  if (!child.stdout) throw new Error('the stack has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('ready:')) continue;
    child.stdout.resume();
    const described = JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8')) as StackFile;
    const token = readFileSync(described.tokenFile, 'utf8').trim();
    return { ...described, token, stop: () => stopChild(child, 'SIGTERM', 20_000) };
  }
  throw new Error('the stack did not start; try npm start');
}

/** CPU seconds that an app has used so far. */
export async function cpuSeconds(appUrl: string): Promise<number> {
  const metrics = await (await fetch(`${appUrl}/metrics`)).text();
  return Number(/^process_cpu_seconds_total(?:\{.*\})? (\S+)/m.exec(metrics)?.[1]);
}

/** Resident memory of an app, in MB. */
export async function residentMb(appUrl: string): Promise<number> {
  const metrics = await (await fetch(`${appUrl}/metrics`)).text();
  return Number(/^process_resident_memory_bytes(?:\{.*\})? (\S+)/m.exec(metrics)?.[1]) / 1_048_576;
}
