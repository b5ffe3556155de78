// How long a new lane waits while a thousand busy lanes compete for too few slots, compared with the same lane alone. The
// vendor takes a while for each call, so that slots are the scarce resource.
//   npm run build && node test/bench/fairness.ts [LANES] [LATENCY_MS]
import { loadavg } from 'node:os';
import { startGitHubStack } from './github-stack.ts';
import { inFlight, type LoadFigures } from './load.ts';

const LANES = Number(process.argv[2] ?? 1_000);
const LATENCY_MS = Number(process.argv[3] ?? 50);
const ASKED = 100;
const EACH = 6;

const bench = await startGitHubStack(LANES + 2 * ASKED + 100, LATENCY_MS);
try {
  await inFlight(100, 4, (index) => bench.post(LANES + 2 * ASKED + index));
  const alone = await inFlight(ASKED, 1, (index) => bench.post(LANES + index));
  await inFlight(LANES * EACH, 64, (index) => bench.post(index % LANES, `busy ${index}`, 'accepted'));
  const among = await inFlight(ASKED, 1, (index) => bench.post(LANES + ASKED + index));
  const left = await queued();
  report({ alone, [`among ${LANES} busy lanes`]: among });
  console.log(
    `p99 beside alone: ${(among.p99 / alone.p99).toFixed(2)}; ${left} operations of the busy lanes were left`,
  );
  console.log(
    `${ASKED} operations one by one, ${LATENCY_MS} ms a call, load ${loadavg()
      .map((n) => n.toFixed(1))
      .join(' ')}`,
  );
} finally {
  await bench.stop();
}

/** Must be more than 0; otherwise the lanes were not busy to the end. */
async function queued(): Promise<number> {
  const headers = { authorization: `Bearer ${bench.stack.token}` };
  const response = await fetch(`${bench.stack.apiUrl}/annotations?state=queued&limit=200`, { headers });
  const { items } = (await response.json()) as { items: unknown[] };
  return items.length;
}

function report(rows: Record<string, LoadFigures>): void {
  const rounded = ({ p50, p99 }: LoadFigures) => ({
    'p50 ms': Number(p50.toFixed(1)),
    'p99 ms': Number(p99.toFixed(1)),
  });
  console.table(Object.fromEntries(Object.entries(rows).map(([name, figures]) => [name, rounded(figures)])));
}
