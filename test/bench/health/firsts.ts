import { cpuSeconds } from '../stack.ts';
import { startTargets } from './children.ts';
import { sealSecrets } from './seal-secrets.ts';
import type { Registrations, Stand } from './stand.ts';

const HOSTS = 50;

/**
 * The cost of the first checks of `count` new integrations, all due at once, and of their next checks, which change no
 * status. If each has a credential, the first check reads and leases it.
 */
export async function measureFirsts(stand: Stand, count: number): Promise<void> {
  const targets = stand.add(await startTargets('http', String(HOSTS)));
  const plain = { provider: 'bench_http', endpoint: targets.urls, intervalSeconds: 86_400 };
  const worker = await stand.startWorker();
  await tellOf('', plain);
  await tellOf(' with a credential', { ...plain, authRef: 'authref://local/bench' });

  async function tellOf(which: string, registrations: Registrations): Promise<void> {
    await stand.register(count, registrations);
    await sealSecrets(stand.sql);
    const { rows } = await stand.sql.query<{ key: string }>(`SELECT key FROM probe_target WHERE due_at = 'infinity'`);
    const keys = rows.map(({ key }) => key);
    await tell(`first checks${which}`, keys);
    await tell(`next checks${which}`, keys);
  }

  async function tell(name: string, keys: readonly string[]): Promise<void> {
    const [results, begun] = [await stand.results(), performance.now()];
    const [cpu, database] = [await cpuSeconds(worker.url), stand.databaseCpuSeconds()];
    await stand.sql.query('UPDATE probe_target SET due_at = now() WHERE key = ANY ($1)', [keys]);
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
