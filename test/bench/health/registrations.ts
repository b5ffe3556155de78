import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, residentMb } from '../stack.ts';
import { startTargets } from './children.ts';
import { between, lagOf } from './lag.ts';
import type { Stand } from './stand.ts';

const INTERVAL_S = 60;
const OUTAGE_S = 300;
const WARM_UP_S = 20;
const BACKUP_S = 180;
const PROVIDER = 'bench_http';
const HOSTS = 500;

/**
 * One worker with `count` registrations that are checked once a minute: steady, then after an outage of five minutes, and
 * beside a transaction that has been open for three minutes.
 */
export async function measureRegistrations(stand: Stand, count: number): Promise<void> {
  const targets = stand.add(await startTargets('http', String(HOSTS)));
  await stand.register(count, { provider: PROVIDER, endpoint: targets.urls });
  await stand.believeHealthy(PROVIDER);
  await stand.schedule(PROVIDER, INTERVAL_S);
  let worker = await stand.startWorker({ PROBE_HOST_CONCURRENCY: undefined }); // the default
  await sleep(WARM_UP_S * 1_000);
  await caughtUp('what was due meanwhile');
  await tell('steady');

  await worker.stop();
  await stand.sql.query(`UPDATE probe_target SET due_at = due_at - $1 * interval '1 second'`, [OUTAGE_S]);
  worker = await stand.startWorker({ PROBE_HOST_CONCURRENCY: undefined });
  await caughtUp(`all of ${count} at once, as after ${OUTAGE_S} s`);
  await tell('next interval');

  await stand.holdTransaction();
  await sleep(BACKUP_S * 1_000);
  await tell(`beside a transaction of ${BACKUP_S} s`);

  async function caughtUp(what: string): Promise<void> {
    const begun = performance.now();
    while ((await overdue()) > 0) await sleep(500);
    console.log(`${what}: caught up with in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  }

  async function tell(name: string): Promise<void> {
    const [lag, cpu, database] = [
      await lagOf(worker.url, PROVIDER),
      await cpuSeconds(worker.url),
      stand.databaseCpuSeconds(),
    ];
    const { rows } = await stand.sql.query<{ now: Date }>('SELECT now()');
    await sleep(INTERVAL_S * 1_000);
    const { count: started, mean, p99 } = between(lag, await lagOf(worker.url, PROVIDER));
    const cost = ((await cpuSeconds(worker.url)) - cpu) / started;
    const databaseCost = (stand.databaseCpuSeconds() - database) / started;
    const perSecond = await stand.number(
      `SELECT max(n) / avg(n) AS n FROM (
         SELECT count(*) AS n FROM health_result WHERE checked_at >= $1 AND checked_at < $1::timestamptz + $2 * interval '1 second'
         GROUP BY floor(extract(epoch FROM checked_at - $1) / 5)) AS twelfths`,
      [rows[0]?.now, INTERVAL_S],
    );
    console.log(
      `${name}: ${Math.round(started / INTERVAL_S)} checks/s, start lag mean ${mean.toFixed(2)} s, p99 <= ${p99} s, ` +
        `fullest 5 s ${perSecond.toFixed(2)} of their mean, worker ${Math.round(cost * 1e6)} µs a check ` +
        `(${Math.round(1 / cost)} a CPU second), PostgreSQL ${Math.round(databaseCost * 1e6)} µs, ` +
        `RSS ${Math.round(await residentMb(worker.url))} MB`,
    );
  }

  function overdue(): Promise<number> {
    return stand.number(`SELECT count(*) AS n FROM probe_target WHERE due_at < now() - interval '2 seconds'`);
  }
}
