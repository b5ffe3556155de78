// The latency that the dispatcher adds to a status at a steady rate: request → ledger → post → ledger → reply. Alternates with
// bare Octokit, which makes the same calls at the same rate, and with a script that only makes them durable, which is the
// best that this machine can do. Also measures a single commit and a single sync.
//   npm run build && node test/bench/latency.ts [RATE] [SECONDS]
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { temporaryDirectory } from '../support/temporary.ts';
import { startGitHubStack } from './github-stack.ts';
import { atRate, type LoadFigures } from './load.ts';

const RATE = Number(process.argv[2] ?? 100);
const COUNT = RATE * Number(process.argv[3] ?? 10);
const ROUNDS = 5;

const bench = await startGitHubStack((3 * ROUNDS + 2) * COUNT);
const pool = new Pool({ connectionString: bench.stack.databaseUrl, max: 4 });
try {
  await pool.query('CREATE TABLE bench_commit (id bigint GENERATED ALWAYS AS IDENTITY, body text)');
  const durably = await bench.durableOctokit();
  const warmUp = 3 * ROUNDS * COUNT;
  await atRate(COUNT, RATE, (index) => bench.post(warmUp + index));
  await atRate(COUNT, RATE, (index) => durably(warmUp + COUNT + index));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(3 * round * COUNT, durably));
  report(rounds);
} finally {
  await pool.end();
  await bench.stop();
}

async function measure(first: number, durably: (index: number) => Promise<void>): Promise<Record<string, LoadFigures>> {
  return {
    dispatcher: await atRate(COUNT, RATE, (index) => bench.post(first + index)),
    'durable octokit': await atRate(COUNT, RATE, (index) => durably(first + COUNT + index)),
    'bare octokit': await bench.byOctokit(first + 2 * COUNT, COUNT, `${RATE}/s`),
    'one commit': await atRate(COUNT, RATE, async () => {
      await pool.query(`INSERT INTO bench_commit (body) VALUES (repeat('x', 1000))`);
    }),
    fdatasync: await syncs(),
  };
}

/** Syncs of 8 KB writes, the size of PostgreSQL's log pages. */
async function syncs(): Promise<LoadFigures> {
  const file = openSync(join(temporaryDirectory(), 'sync'), 'w');
  const page = Buffer.alloc(8_192);
  const figures = await atRate(COUNT, RATE, async () => {
    writeSync(file, page, 0, page.length, 0);
    fdatasyncSync(file);
  });
  closeSync(file);
  return figures;
}

function report(rounds: readonly Record<string, LoadFigures>[]): void {
  const names = Object.keys(rounds[0] ?? {});
  const rows = names.map((name) => {
    const all = rounds.map((round) => round[name]).filter((figures) => figures !== undefined);
    return [
      name,
      { 'p50 ms': middle(all.map(({ p50 }) => p50)), 'p99 ms': middle(all.map(({ p99 }) => p99)) },
    ] as const;
  });
  const table = Object.fromEntries(rows);
  console.table(table);
  const added = (name: string, figure: 'p50 ms' | 'p99 ms'): string =>
    ((table[name]?.[figure] ?? NaN) - (table['bare octokit']?.[figure] ?? NaN)).toFixed(1);
  for (const name of ['dispatcher', 'durable octokit']) {
    console.log(`${name} adds to bare octokit: p50 ${added(name, 'p50 ms')} ms, p99 ${added(name, 'p99 ms')} ms`);
  }
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(`${RATE} operations/s, ${COUNT} a round, medians of ${ROUNDS} rounds, load ${load.join(' ')}`);
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length / 2)] ?? NaN).toFixed(2));
}
