import { loadConfig } from '@integrations/config';
import type { ProbeVerdict } from '@integrations/contracts';
import {
  type Database,
  HealthHistory,
  HealthRepository,
  type HealthRow,
  IntegrationRepository,
  type IntegrationRow,
  type NewIntegration,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import type { Connector, ProviderRegistry, RegisteredIntegration } from '@integrations/providers';
import type { OperationMetrics, SchedulingMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { Prober } from '../../../apps/health-worker/src/probing/prober';
import { ProbeRecorder } from '../../../apps/health-worker/src/probing/record';
import { PollingService } from '../../../apps/health-worker/src/scheduling/polling.service';
import { eventually } from '../../support/eventually';
import { integration, openDatabase, type TestDatabase } from '../database/support';

/** An interval, in seconds, that is too long for a periodic probe during a spec. */
const SELDOM = 30 * 86_400;

/** Answers a probe in place of the vendor. */
export type Vendor = (integration: RegisteredIntegration, signal: AbortSignal) => Promise<ProbeVerdict>;

export interface Worker {
  leasesLost(): number;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly vendor: Vendor;
  readonly providers?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** The version of every credential. */
  readonly version?: () => string;
  /** Another connection to the database. */
  readonly database?: Database;
}

/** Workers built as in the app, on one real database, with vendors that the test simulates. */
export class Workers {
  readonly #started: Worker[] = [];

  private constructor(
    readonly db: TestDatabase,
    readonly schedule = new ProbeScheduleRepository(db.database),
    readonly integrations = new IntegrationRepository(db.database),
  ) {}

  static async open(db: Promise<TestDatabase> = openDatabase()): Promise<Workers> {
    return new Workers(await db);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#started.map((worker) => worker.stop()));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.db.close();
  }

  async start(options: WorkerOptions): Promise<Worker> {
    const { vendor, providers = ['in_memory'], env = {}, version = () => 'v1' } = options;
    const database = options.database ?? (await this.db.another());
    const settings = { DATABASE_URL: this.db.url, NATS_URL: 'nats://127.0.0.1:1', PROBE_POLL_MS: '20', ...env };
    let lost = 0;
    const deps = { credential: { present: true, resolve: async () => new Secret('value', version()) } };
    const connector = { check: vendor, test: vendor, open: () => ({ deps }) } as unknown as Connector;
    const registry = { descriptors: () => providers.map((provider) => ({ provider })) } as unknown as ProviderRegistry;
    const metrics = { healthChecked: () => undefined } as unknown as OperationMetrics;
    const scheduling = {
      probeStarted: () => undefined,
      probesInFlight: () => undefined,
      leaseLost: () => (lost += 1),
    } as unknown as SchedulingMetrics;
    const log = { info: () => undefined, warn: () => undefined } as unknown as PinoLogger;
    const schedule = new ProbeScheduleRepository(database);
    const service = new PollingService(
      loadConfig(HealthWorkerConfig, settings),
      new Prober(connector),
      registry,
      schedule,
      new ProbeRecorder(
        database,
        new HealthRepository(database),
        new HealthHistory(database),
        schedule,
        new Outbox(database),
        log,
      ),
      metrics,
      scheduling,
      log,
    );
    service.onApplicationBootstrap();
    const worker = { leasesLost: () => lost, stop: () => service.beforeApplicationShutdown() };
    this.#started.push(worker);
    return worker;
  }

  /** Registers `count` integrations that are due, each on its own host, and then not again for a long time. */
  async due(
    count: number,
    overrides: Partial<NewIntegration> = {},
    dueAt: Date | 'now' = 'now',
  ): Promise<IntegrationRow[]> {
    const made: IntegrationRow[] = [];
    for (let n = 0; n < count; n++) {
      const row = await this.integrations.insert(
        integration({ endpoint: `https://host${n}.example`, intervalSeconds: SELDOM, ...overrides }),
      );
      await this.schedule.put(row.id, row.tenantId, row.intervalSeconds, dueAt);
      made.push(row);
    }
    return made;
  }

  async dueAgain(): Promise<void> {
    await this.db.sql('UPDATE probe_target SET due_at = now()');
  }

  /** Resolves once nothing is due or in flight. */
  async idle(): Promise<void> {
    await eventually('all to be probed', async () => {
      const [left] = await this.db.sql<{ due: number }>(
        'SELECT count(*)::int AS due FROM probe_target WHERE lease_token IS NOT NULL OR due_at <= now()',
      );
      return left!.due === 0 || null;
    });
  }

  /** The status changes in the history and in the events: `<integration> <from> <to>`, sorted. */
  async turns(): Promise<{ history: string[]; events: string[] }> {
    const history = await this.db.sql<{ turn: string }>(
      `SELECT concat_ws(' ', integration_id, from_status, to_status) AS turn FROM health_transition ORDER BY turn`,
    );
    const events = await this.db.sql<{ turn: string }>(
      `SELECT concat_ws(' ', integration_id, data->>'from', data->>'to') AS turn FROM outbox
       WHERE event = 'health_changed' ORDER BY turn`,
    );
    return { history: history.map(({ turn }) => turn), events: events.map(({ turn }) => turn) };
  }

  async healths(): Promise<HealthRow[]> {
    const rows = await this.db.sql<{ tenant_id: string; id: string }>('SELECT tenant_id, id FROM integration');
    const health = new HealthRepository(this.db.database);
    const found = await Promise.all(rows.map(({ tenant_id: tenantId, id }) => health.find(tenantId, [id])));
    return found.flatMap((ofOne) => [...ofOne.values()]);
  }

  async events(event: string): Promise<{ integration_id: string; data: Record<string, unknown> }[]> {
    return this.db.sql('SELECT integration_id, data FROM outbox WHERE event = $1 ORDER BY id', [event]);
  }
}

export function verdict(overrides: Partial<ProbeVerdict> = {}): ProbeVerdict {
  return {
    status: 'healthy',
    code: 'ok',
    message: 'Connected',
    remediation: '',
    stages: [],
    latencyMs: 1,
    checkedAt: new Date().toISOString(),
    warnings: [],
    ...overrides,
  };
}

export const DOWN: Partial<ProbeVerdict> = { status: 'unhealthy', code: 'tcp_refused', message: 'nobody there' };
export const REFUSED: Partial<ProbeVerdict> = {
  ...{ status: 'unhealthy', code: 'credential_invalid', message: 'refused' },
  credential: { version: 'v1' },
};

/** A vendor that does not answer until the probe is aborted. */
export const blackHole: Vendor = (_, signal) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(verdict({ status: 'unhealthy', code: 'timeout' })), { once: true });
  });
