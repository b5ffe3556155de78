import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../stack.ts';
import type { Stand } from './stand.ts';

const FEW = 10_000;
const DUE_PER_SECOND = 150;
const SECONDS = 60;
const PROVIDER = 'in_memory';

/**
 * The cost per second if the same number of targets is due among few registrations and among many. Both tables are vacuumed
 * and checkpointed, and each target was checked once before. Making targets due is the bench's own work and not counted:
 * among many registrations they lie far apart, each on a page of its own. For the same reason each check then costs more:
 * with its 128 MB of buffers, PostgreSQL reads about five blocks per check from the system's cache, and none among few
 * registrations.
 */
export async function measureSizes(stand: Stand, many: number): Promise<void> {
  let registered = 0;
  for (const size of [FEW, many]) {
    await stand.register(size - registered, { provider: PROVIDER, endpoint: 'memory://', intervalSeconds: 86_400 });
    registered = size;
    await stand.sql.query('CHECKPOINT');
    const worker = await stand.startWorker();
    await spreadOverTime();
    await sleep((SECONDS + 2) * 1_000); // until the first results are published as events
    await spreadOverTime();
    const [cpu, database, results] = [await cpuSeconds(worker.url), stand.databaseCpuSeconds(), await stand.results()];
    await sleep((SECONDS + 2) * 1_000);
    const checks = (await stand.results()) - results;
    const used = [(await cpuSeconds(worker.url)) - cpu, stand.databaseCpuSeconds() - database];
    const [ours, theirs] = used.map((seconds) => `${((seconds * 1_000) / SECONDS).toFixed(1)} ms`);
    console.log(
      `${size} registrations, ${Math.round(checks / SECONDS)} checks/s: worker ${ours} a second, PostgreSQL ${theirs}`,
    );
    await worker.stop();
  }

  /** Makes the same targets due each time, one after the other. */
  async function spreadOverTime(): Promise<void> {
    await stand.sql.query(
      `UPDATE probe_target t SET due_at = now() + $1 * interval '1 second' * nth / $2
       FROM (SELECT key, row_number() OVER (ORDER BY key) AS nth FROM probe_target ORDER BY key LIMIT $2) AS chosen
       WHERE t.key = chosen.key`,
      [SECONDS, DUE_PER_SECOND * SECONDS],
    );
  }
}
