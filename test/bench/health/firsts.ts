import { cpuSeconds } from '../stack.ts';
import { startTargets } from './children.ts';
import type { Stand } from './stand.ts';

const PROVIDER = 'bench_http';
const HOSTS = 50;

/** What the first checks of so many new integrations cost, all due at once, and the next ones, which turn nothing. */
export async function measureFirsts(stand: Stand, count: number): Promise<void> {
  const targets = stand.add(await startTargets('http', String(HOSTS)));
  await stand.register(count, { provider: PROVIDER, endpoint: targets.urls, intervalSeconds: 86_400 });
  const worker = await stand.startWorker();
  await tell('first checks');
  await tell('next checks');

  async function tell(name: string): Promise<void> {
    const [results, begun] = [await stand.results(), performance.now()];
    const [cpu, database] = [await cpuSeconds(worker.url), stand.databaseCpuSeconds()];
    await stand.sql.query('UPDATE probe_target SET due_at = now()');
    await stand.waitFor(results + count);
    const checked = performance.now();
    await stand.waitUntilTold();
    const [seconds, late] = [(checked - begun) / 1_000, (performance.now() - checked) / 1_000];
    const each = (used: number) => `${Math.round((used / count) * 1e6)} µs`;
    console.log(
      `${name}: ${Math.round(count / seconds)}/s, the last events on the stream ${late.toFixed(1)} s later; a check costs ` +
        `the worker ${each((await cpuSeconds(worker.url)) - cpu)}, PostgreSQL ${each(stand.databaseCpuSeconds() - database)}`,
    );
  }
}
