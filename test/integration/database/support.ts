import { randomBytes } from 'node:crypto';
import type { ProbeVerdict } from '@integrations/contracts';
import {
  Database,
  type Entry,
  type HealthRow,
  IntegrationRepository,
  type IntegrationRow,
  type NewIntegration,
  type NewOperation,
  OperationRepository,
  type SnapshotSink,
} from '@integrations/database';
import { Client, Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../support/eventually';
import { createMigratedDatabase } from '../../support/migrated-database';

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Another pool, like that of another process. */
  another(): Promise<Database>;
  /** Plain SQL that bypasses the lib, to inspect and to break things. */
  sql<T extends object>(text: string, parameters?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

/** A sink that stores no snapshots, for specs about something else. */
export function noSnapshots(): SnapshotSink {
  let writes = 0;
  const count = async ({ length }: readonly unknown[]) => void (writes += length);
  return {
    status: async () => ({ identity: 'none', size: 0, writes }),
    forEach: async () => undefined,
    put: count,
    remove: count,
  };
}

/** Opens a migrated database: by default, a fresh one on the test run's server. */
export async function openDatabase(
  created: Promise<Pick<TestDatabase, 'url'> & { drop(): Promise<void> }> = createMigratedDatabase(),
): Promise<TestDatabase> {
  const { url, drop } = await created;
  const opened: Database[] = [];
  const another = async (): Promise<Database> => {
    const database = await Database.connect({ url, applicationName: 'test', poolSize: 10 });
    opened.push(database);
    return database;
  };
  const side = new Pool({ connectionString: url, max: 4 });
  side.on('error', () => undefined);
  return {
    url,
    database: await another(),
    another,
    sql: async <T extends object>(text: string, parameters: unknown[] = []) =>
      (await side.query<T>(text, parameters)).rows,
    close: async () => {
      await Promise.all(opened.map((database) => database.close()));
      await side.end();
      await drop();
    },
  };
}

/** Opens a database with a ledger, and an integration to post through. */
export async function openLedger() {
  const db = await openDatabase();
  const ledger = new OperationRepository(db.database);
  return { db, ledger, through: await new IntegrationRepository(db.database).insert(integration()) };
}

export function integration(overrides: Partial<NewIntegration> = {}): NewIntegration {
  return {
    id: uuidv7(),
    tenantId: 'acme',
    name: `integration ${randomBytes(4).toString('hex')}`,
    description: null,
    type: 'scm',
    provider: 'in_memory',
    endpoint: 'http://127.0.0.1:1',
    authRef: 'authref://env/token',
    config: { nested: { list: [1, 'two', null] } },
    tags: [],
    enabled: true,
    intervalSeconds: 60,
    ...overrides,
  };
}

function operation(overrides: Partial<NewOperation> = {}): NewOperation {
  return {
    id: uuidv7(),
    tenantId: 'acme',
    integrationId: '01920000-0000-7000-8000-000000000001',
    integrationType: 'scm',
    provider: 'in_memory',
    generation: 1,
    operation: 'comment',
    lane: 'lane',
    owner: 'octo',
    repository: 'demo',
    prNumber: 7,
    commitSha: null,
    upsertKey: null,
    revision: null,
    idempotencyKey: null,
    request: { owner: 'octo', body: 'hello' },
    requestHash: 'hash',
    deadlineAt: null,
    traceparent: null,
    ...overrides,
  };
}

/** An entry that by default leases its lane if the lane is new. */
export function entry(
  { id, tenantId }: Pick<IntegrationRow, 'id' | 'tenantId'>,
  overrides: Partial<NewOperation> = {},
  more: Partial<Entry> = {},
): Entry {
  return {
    operation: operation({ integrationId: id, tenantId, ...overrides }),
    check: 'live',
    eventData: { place: 'here' },
    credential: null,
    leaseMs: 30_000,
    ...more,
  };
}

export interface Gate {
  /** Resolves once `sessions` sessions wait, at the gate or for a session that does. */
  waiting(sessions: number): Promise<void>;
  open(): Promise<void>;
}

/**
 * Holds up entries whose event data has `gate: 'held'` or `gate: 'doomed'`, after everything is written but before the
 * commit. The doomed ones fail once the gate opens.
 */
export async function closeGate(db: TestDatabase): Promise<Gate> {
  await db.sql(`
    CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock_shared(1);
      IF NEW.data->>'gate' = 'doomed' THEN RAISE 'doomed'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER gate AFTER INSERT ON outbox FOR EACH ROW WHEN (NEW.data ? 'gate') EXECUTE FUNCTION gate()`);
  const keeper = new Client({ connectionString: db.url });
  keeper.on('error', () => undefined);
  await keeper.connect();
  await keeper.query('SELECT pg_advisory_lock(1)');
  return {
    waiting: async (sessions) =>
      void (await eventually(`${sessions} waiting sessions`, async () => {
        const waiting = await db.sql(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length === sessions;
      })),
    open: () => keeper.end(),
  };
}

export function health(integrationId: string, overrides: Partial<HealthRow> = {}): HealthRow {
  const verdict: ProbeVerdict = {
    status: 'healthy',
    code: 'ok',
    message: 'answers',
    remediation: '',
    stages: [{ name: 'http', ok: true, ms: 3 }],
    latencyMs: 12,
    checkedAt: '2026-01-01T00:00:00.000Z',
    warnings: [],
  };
  return {
    integrationId,
    tenantId: 'acme',
    status: 'healthy',
    code: 'ok',
    message: 'answers',
    since: new Date('2026-01-01T00:00:00.123Z'),
    checkedAt: new Date('2026-01-01T00:00:00.456Z'),
    intervalSeconds: 60,
    latencyMs: 12,
    failures: 0,
    successes: 1,
    settled: 'healthy',
    flapping: false,
    turns: [],
    verdict,
    ...overrides,
  };
}
