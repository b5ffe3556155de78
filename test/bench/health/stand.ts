import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { nodeFlags } from '../../../scripts/stack/build.ts';
import { startNats } from '../../../scripts/stack/nats.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { startPostgres } from '../../../scripts/stack/postgres.ts';
import { type AppProcess, runCli, startApp } from '../../support/app-process.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { cpuSecondsOf } from './children.ts';
import { installPlugin } from './install-plugin.ts';
import { MASTER_KEY } from './seal-secrets.ts';

/** Flags of the worker's Node: by default, those of the container images. */
const FLAGS = process.env.WORKER_FLAGS?.split(' ') ?? nodeFlags('health-worker');
const TOO_LONG_MS = 300_000;
/** Not more often, because counting costs the database more than a few checks do. */
const POLL_MS = 250;

export interface Registrations {
  readonly provider: string;
  /** Each integration gets its own path, and so its own target, below this endpoint, or below one of them in turn. */
  readonly endpoint: string | readonly string[];
  readonly config?: object;
  /** Each integration names its own secret below this reference. */
  readonly authRef?: string;
  readonly intervalSeconds?: number;
}

export interface Stoppable {
  stop(): Promise<unknown>;
}

/** A durable PostgreSQL, a nats-server and a database for the health-worker under test. */
export class Stand {
  readonly sql: Client;
  readonly #env: NodeJS.ProcessEnv;
  readonly #postgresPid: number;
  readonly #parts: Stoppable[];

  private constructor(sql: Client, env: NodeJS.ProcessEnv, postgresPid: number, parts: Stoppable[]) {
    this.sql = sql;
    this.#env = env;
    this.#postgresPid = postgresPid;
    this.#parts = parts;
  }

  static async start(): Promise<Stand> {
    const plugin = await installPlugin();
    const directory = temporaryDirectory();
    const ports = await freePorts(2);
    const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), port: ports });
    const nats = await startNats({ dataDir: join(directory, 'nats'), port: ports + 1 });
    const env = {
      ...{ DATABASE_URL: postgres.url, NATS_URL: nats.url, LOG_LEVEL: 'warn' },
      ...{ PROVIDER_PLUGINS: plugin, EGRESS_ALLOW: '127.0.0.1', PROBE_HOST_CONCURRENCY: '512' },
      SECRETS_MASTER_KEY: MASTER_KEY.toString('base64'),
    };
    await runCli(['migrate'], env);
    const sql = new Client({ connectionString: postgres.url });
    await sql.connect();
    const rest = { stop: async () => rmSync(directory, { recursive: true, force: true }) };
    return new Stand(sql, env, postgres.pid, [rest, postgres, nats, { stop: () => sql.end() }]);
  }

  /** Adds a part that is stopped together with the stand. */
  add<T extends Stoppable>(part: T): T {
    this.#parts.push(part);
    return part;
  }

  /** Stops the parts in reverse order. */
  async stop(): Promise<void> {
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) await part.stop();
  }

  async startWorker(env: NodeJS.ProcessEnv = {}): Promise<AppProcess> {
    return this.add(await startApp('health-worker', { ...this.#env, ...env }, FLAGS));
  }

  /** Keeps a transaction open, as a backup does, so that vacuum cannot remove rows that die from now on. */
  async holdTransaction(): Promise<void> {
    const client = new Client({ connectionString: this.#env['DATABASE_URL'] });
    await client.connect();
    this.add({ stop: () => client.end() });
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM integration');
  }

  databaseCpuSeconds(): number {
    return cpuSecondsOf(this.#postgresPid);
  }

  /** Registers `count` integrations, each with its slot in the interval. None is due yet. */
  async register(
    count: number,
    { provider, endpoint, config = {}, authRef, intervalSeconds = 60 }: Registrations,
  ): Promise<void> {
    await this.sql.query(
      `INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, auth_ref, tags, enabled, interval_seconds)
       SELECT gen_random_uuid(), 'tenant' || n % 50, $2 || ' ' || n, 'scm', $2,
              ($3::text[])[1 + n % cardinality($3::text[])] || '/' || n, $4, $6 || '/' || n, '{}', true, $5
       FROM generate_series((SELECT count(*) FROM integration) + 1, (SELECT count(*) FROM integration) + $1::bigint) AS n`,
      [count, provider, [endpoint].flat(), config, intervalSeconds, authRef],
    );
    await this.sql.query(
      `INSERT INTO probe_target (key, tenant_id, provider, host, due_at)
       SELECT probe_target_key(tenant_id, provider, endpoint, auth_ref, config), tenant_id, provider,
              probe_target_host(endpoint), 'infinity' FROM integration ON CONFLICT DO NOTHING`,
    );
    await this.sql.query(
      `INSERT INTO probe_schedule (integration_id, tenant_id, interval_seconds, target)
       SELECT id, tenant_id, interval_seconds, probe_target_key(tenant_id, provider, endpoint, auth_ref, config)
       FROM integration ON CONFLICT DO NOTHING`,
    );
    await this.sql.query('VACUUM ANALYZE');
  }

  /** Pretends that each was just checked, because first results are published as events and later ones are not. */
  async believeHealthy(provider: string): Promise<void> {
    const verdict = { status: 'healthy', code: 'ok', message: 'Connected', remediation: '', stages: [], warnings: [] };
    await this.sql.query(
      `INSERT INTO integration_health (integration_id, tenant_id, status, settled, code, message, since, checked_at,
         interval_seconds, latency_ms, failures, successes, verdict)
       SELECT id, tenant_id, 'healthy', 'healthy', 'ok', 'Connected', now(), now(), interval_seconds, 1, 0, 1, $2
       FROM integration WHERE provider = $1`,
      [provider, { ...verdict, latencyMs: 1, checkedAt: new Date() }],
    );
    await this.sql.query('VACUUM ANALYZE');
  }

  /** Schedules each target at its slot within the interval, from now on. */
  async schedule(provider: string, intervalSeconds: number): Promise<void> {
    await this.sql.query(
      `UPDATE probe_target SET due_at = now() + interval '1 millisecond' *
         mod((('x' || left(key::text, 8))::bit(32)::bigint - (extract(epoch FROM now()) * 1000)::bigint) % ($2 * 1000)
             + $2 * 1000, $2 * 1000) WHERE provider = $1`,
      [provider, intervalSeconds],
    );
  }

  /** Makes `count` targets of a host due at once. */
  async makeDue(host: string, count: number): Promise<void> {
    await this.sql.query(
      `UPDATE probe_target SET due_at = now() WHERE key IN (
         SELECT key FROM probe_target WHERE host = $1 AND lease_token IS NULL ORDER BY key LIMIT $2)`,
      [host, count],
    );
  }

  async number(query: string, values: readonly unknown[] = []): Promise<number> {
    const { rows } = await this.sql.query<{ n: string }>(query, [...values]);
    return Number(rows[0]?.n);
  }

  results(): Promise<number> {
    return this.number('SELECT count(*) AS n FROM health_result');
  }

  /** Waits until there are `results` probe results in total. */
  async waitFor(results: number): Promise<void> {
    for (const deadline = Date.now() + TOO_LONG_MS; (await this.results()) < results; await sleep(POLL_MS)) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${results} results`);
    }
  }

  /** Waits until all events are on the stream. */
  async waitUntilTold(): Promise<void> {
    while ((await this.number('SELECT count(*) AS n FROM outbox WHERE published_at IS NULL')) > 0) await sleep(POLL_MS);
  }
}
