// The cost of heartbeats for a worker. AGENTS host agents report every 30 s for SECONDS, first without integrations for their
// ids, then with all of them registered and checked every minute. Compared with a bare NATS subscriber that parses the same
// JSON in the same seconds with the same flags, and with the idle worker before. Figures are percent of a core. Linux only.
//   npm run build && node test/bench/heartbeats.ts [AGENTS] [SECONDS]
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { nodeFlags } from '../../scripts/stack/build.ts';
import { startChild, stopChild } from '../../scripts/stack/child.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { cpuSecondsOf } from './health/children.ts';
import { Agents } from './heartbeats/agents.ts';
import { cpuSeconds, residentMb, startStack } from './stack.ts';

const AGENTS = Number(process.argv[2] ?? 20_000);
const SECONDS = Number(process.argv[3] ?? 40);
const INTERVAL_SECONDS = 30;
const IDLE_SECONDS = 20;
const CHECK_SECONDS = 60;
const CHECKS = 'SELECT count(*) FROM health_result';
/** Time for a start to settle. */
const SETTLE_SECONDS = 15;

const directory = temporaryDirectory();
const stack = await startStack(join(directory, 'data'));
const worker = stack.urls['health-worker'];
const database = new Client({ connectionString: stack.databaseUrl });
await database.connect();
const bare = startChild(
  process.execPath,
  [...nodeFlags('health-worker').slice(1), resolve('test/bench/heartbeats/bare-subscriber.ts'), stack.natsUrl],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let parsed: number | undefined;
createInterface({ input: bare.stdout! }).on('line', (line) => (parsed = Number(line)));
const agents = await Agents.connect(stack.natsUrl, AGENTS, INTERVAL_SECONDS);
try {
  while (parsed === undefined) await sleep(50);
  await sleep(SETTLE_SECONDS * 1_000);
  const figures = { idle: await measure(IDLE_SECONDS) };
  agents.start();
  // In the first round all agents are new; from the second on, each heartbeat replaces one.
  await sleep(INTERVAL_SECONDS * 1_000);
  Object.assign(figures, { [`${AGENTS} agents`]: await measure(SECONDS) });
  await register();
  // The first check of each integration publishes events, and so takes longer than later checks, which only confirm.
  while ((await number('SELECT count(*) FROM integration_health')) < AGENTS) await sleep(1_000);
  await sleep(SETTLE_SECONDS * 1_000);
  Object.assign(figures, { [`and each checked every ${CHECK_SECONDS} s`]: await measure(SECONDS) });
  console.table(figures);
  await agents.stop();
  await sleep(2_000);
  console.log(
    `${agents.sent} beats sent, ${await taken()} taken by the worker, ${parsed} parsed by the bare subscriber`,
  );
  const { rows } = await database.query<{ status: string; count: string }>(
    'SELECT status, count(*) FROM integration_health GROUP BY status',
  );
  console.log(`health: ${rows.map(({ status, count }) => `${count} ${status}`).join(', ')}`);
} finally {
  await agents.stop();
  await database.end();
  await stopChild(bare, 'SIGTERM', 2_000);
  await stack.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** The share of a core that each process uses over the time, in percent. */
async function measure(seconds: number): Promise<Record<string, number>> {
  const used = async () => ({
    worker: await cpuSeconds(worker),
    'bare subscriber': cpuSecondsOf(bare.pid!),
    'nats-server': cpuSecondsOf(stack.pids['nats']!),
  });
  const [before, sent, checked, begun] = [await used(), await taken(), await number(CHECKS), performance.now()];
  await sleep(seconds * 1_000);
  const [after, passed] = [await used(), (performance.now() - begun) / 1_000];
  const shares = Object.entries(after).map(([name, cpu]) => [
    `${name} %`,
    Number(((100 * (cpu - before[name as keyof typeof before])) / passed).toFixed(2)),
  ]);
  const beats = Math.round(((await taken()) - sent) / passed);
  const made = Math.round(((await number(CHECKS)) - checked) / passed);
  return {
    'beats/s': beats,
    'checks/s': made,
    ...Object.fromEntries(shares),
    'worker RSS MB': Math.round(await residentMb(worker)),
  };
}

async function taken(): Promise<number> {
  const metrics = await (await fetch(`${worker}/metrics`)).text();
  return Number(/^integrations_agent_heartbeat_total\{outcome="taken"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}

async function number(query: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(query);
  return Number(rows[0]?.count);
}

/** Registers one integration for each agent, each with its slot within a minute. */
async function register(): Promise<void> {
  await database.query('BEGIN'); // one transaction: a target without integrations would be removed when it is due
  await database.query(
    `INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, tags, enabled, interval_seconds)
     SELECT gen_random_uuid(), 'tenant' || n % 50, 'web-' || n, 'runtime_host', 'agent', 'agent://heartbeats',
            jsonb_build_object('agentId', 'web-' || n), '{}', true, $2
     FROM generate_series(0, $1 - 1) AS n`,
    [AGENTS, CHECK_SECONDS],
  );
  await database.query(
    `INSERT INTO probe_target (key, tenant_id, provider, host, due_at)
     SELECT probe_target_key(tenant_id, provider, endpoint, auth_ref, config), tenant_id, provider,
            probe_target_host(endpoint), now() + random() * $1 * interval '1 second' FROM integration`,
    [CHECK_SECONDS],
  );
  await database.query(
    `INSERT INTO probe_schedule (integration_id, tenant_id, interval_seconds, target)
     SELECT id, tenant_id, interval_seconds, probe_target_key(tenant_id, provider, endpoint, auth_ref, config)
     FROM integration`,
  );
  await database.query('COMMIT');
  await database.query('VACUUM ANALYZE');
}
