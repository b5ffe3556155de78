import { setTimeout as sleep } from 'node:timers/promises';
import { startTargets } from './children.ts';
import { between, lagOf } from './lag.ts';
import type { Stand } from './stand.ts';

const OTHERS = 1_000;
const INTERVAL_S = 30;
const HOSTS = 250;

/** How much `count` targets of one provider that accept connections but never answer, on many hosts, slow down the others. */
export async function measureBlackHoles(stand: Stand, count: number): Promise<void> {
  const holes = stand.add(await startTargets('hole', String(HOSTS)));
  await stand.register(OTHERS, { provider: 'in_memory', endpoint: 'memory://', intervalSeconds: INTERVAL_S });
  await stand.register(count, { provider: 'bench_http', endpoint: holes.urls, intervalSeconds: INTERVAL_S });
  const worker = await stand.startWorker({ PROBE_HOST_CONCURRENCY: undefined }); // the default
  await stand.schedule('in_memory', INTERVAL_S);
  await sleep(INTERVAL_S * 1_000);
  const before = await lagOf(worker.url, 'in_memory');
  await stand.schedule('bench_http', INTERVAL_S);
  while ((await unknown()) > 0) await sleep(1_000);
  const first = between(before, await lagOf(worker.url, 'in_memory')).mean;

  const lags: Record<string, number[]> = { without: [], with: [] };
  for (let round = 0; round < 3; round++) {
    await stand.sql.query(`UPDATE probe_target SET due_at = 'infinity' WHERE provider = 'bench_http'`);
    await sleep(6_000); // until probes in flight have ended
    lags['without']?.push(await meanLag());
    await stand.schedule('bench_http', INTERVAL_S);
    await sleep(6_000); // until as many probes hang as may
    lags['with']?.push(await meanLag());
  }
  const [without, among] = [mean(lags['without']), mean(lags['with'])];
  console.log(
    `start lag of ${OTHERS} others at ${INTERVAL_S} s: ${ms(without)} alone, ${ms(among)} beside ${count} black holes ` +
      `on ${HOSTS} hosts; ratio ${(among / without).toFixed(2)} (1.1 at most wanted), ${ms(first)} while they were new; ` +
      `by round ${JSON.stringify(lags)}`,
  );

  async function meanLag(): Promise<number> {
    const before = await lagOf(worker.url, 'in_memory');
    await sleep(INTERVAL_S * 1_000);
    return between(before, await lagOf(worker.url, 'in_memory')).mean;
  }

  function unknown(): Promise<number> {
    return stand.number(`SELECT count(*) AS n FROM probe_target WHERE provider = 'bench_http' AND NOT slow`);
  }
}

function mean(values: readonly number[] = []): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ms(seconds: number): string {
  return `${Math.round(seconds * 1_000)} ms`;
}
