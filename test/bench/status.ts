// Throughput of status requests: NATS request → dispatcher (ledger, outbox, post) → reply, against a fake GitHub without
// latency. Compared in the same run with scripts that make the same calls with Octokit, bare and with its retry and
// throttling plugins. PostgreSQL and NATS are durable.
//   npm run build && node test/bench/status.ts [COUNT] [CONCURRENCY]
import { loadavg } from 'node:os';
import { inFlight } from './load.ts';
import { type Figures, startGitHubStack } from './github-stack.ts';
import { cpuSeconds, residentMb } from './stack.ts';

// V8 still compiles after 3,000 operations: after 6,000, an operation costs a quarter less.
const COUNT = Number(process.argv[2] ?? 6_000);
const CONCURRENCY = Number(process.argv[3] ?? 32);
const WARM_UP = 300;
const ROUNDS = 3;

const perRound = COUNT + WARM_UP;
const bench = await startGitHubStack(3 * ROUNDS * perRound);
try {
  const rounds: Record<string, Figures[]> = { dispatcher: [], 'bare octokit': [], 'octokit, both plugins': [] };
  for (let round = 0; round < ROUNDS; round++) {
    const first = 3 * round * perRound;
    rounds['dispatcher']?.push(await throughDispatcher(first));
    rounds['bare octokit']?.push(await bench.byOctokit(first + perRound, COUNT, String(CONCURRENCY)));
    rounds['octokit, both plugins']?.push(
      await bench.byOctokit(first + 2 * perRound, COUNT, String(CONCURRENCY), 'plugins'),
    );
  }
  report(Object.entries(rounds).map(([name, figures]) => [name, median(figures)]));
  console.log(`RSS of the dispatcher ${Math.round(await residentMb(bench.stack.urls['annotation-dispatcher']))} MB`);
} finally {
  await bench.stop();
}

async function throughDispatcher(first: number): Promise<Figures> {
  const app = bench.stack.urls['annotation-dispatcher'];
  await inFlight(WARM_UP, CONCURRENCY, (index) => bench.post(first + index));
  const before = await cpuSeconds(app);
  const figures = await inFlight(COUNT, CONCURRENCY, (index) => bench.post(first + WARM_UP + index));
  const cpu = (await cpuSeconds(app)) - before;
  return { ...figures, cpuMsPerOperation: (cpu * 1_000) / COUNT };
}

function report(rows: readonly (readonly [string, Figures])[]): void {
  const ours = rows[0]?.[1].cpuMsPerOperation ?? NaN;
  console.table(
    Object.fromEntries(
      rows.map(([name, { perSecond, p50, p99, cpuMsPerOperation }]) => [
        name,
        {
          'operations/s': Math.round(perSecond),
          'p50 ms': Number(p50.toFixed(1)),
          'p99 ms': Number(p99.toFixed(1)),
          'CPU ms/operation': Number(cpuMsPerOperation.toFixed(2)),
          'operations/s of a core': Math.round(1_000 / cpuMsPerOperation),
          'dispatcher beside it': Number((ours / cpuMsPerOperation).toFixed(2)),
        },
      ]),
    ),
  );
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(`${COUNT} operations, ${CONCURRENCY} in flight, medians of ${ROUNDS} rounds, load ${load.join(' ')}`);
}

function median(rounds: readonly Figures[]): Figures {
  const middle = [...rounds].sort((a, b) => a.cpuMsPerOperation - b.cpuMsPerOperation)[Math.floor(rounds.length / 2)];
  if (!middle) throw new Error('no rounds');
  return middle;
}
