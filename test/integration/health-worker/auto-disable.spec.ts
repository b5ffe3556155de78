import type { HealthStatus, ProbeCode } from '@integrations/contracts';
import {
  AuditRepository,
  CredentialFailureRepository,
  type Database,
  HealthRepository,
  IntegrationRepository,
  type IntegrationRow,
  type NewIntegration,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { AutoDisable } from '../../../apps/health-worker/src/auto-disable/auto-disable';
import { health, integration, openDatabase, type TestDatabase } from '../database/support';

const DAY_MS = 86_400_000;

let db: TestDatabase;
let integrations: IntegrationRepository;
let states: HealthRepository;

beforeAll(async () => {
  db = await openDatabase();
  integrations = new IntegrationRepository(db.database);
  states = new HealthRepository(db.database);
});

afterEach(() => db.sql('UPDATE integration SET enabled = false, generation = generation + 1 WHERE enabled'));
afterAll(() => db.close());

const worker = (database: Database = db.database) =>
  new AutoDisable(
    database,
    new CredentialFailureRepository(database),
    new IntegrationRepository(database),
    new ProbeScheduleRepository(database),
    new Outbox(database),
    new AuditRepository(database),
  );
const sweep = async (auto = worker(), afterMs = DAY_MS) =>
  (await auto.sweep(afterMs)).map(({ integration }) => integration.id);

describe('an integration whose credential keeps failing', () => {
  it('is disabled once that has lasted long enough, along with its schedule, and with an event and an audit entry', async () => {
    const { id } = await failing();
    expect(await sweep()).toEqual([]);
    await age(id, DAY_MS - 60_000);
    expect(await sweep()).toEqual([]);
    await age(id, DAY_MS);
    expect(await sweep()).toEqual([id]);

    expect(await rowOf(id)).toMatchObject({ enabled: false, generation: 2 });
    expect(await db.sql('SELECT 1 FROM probe_schedule WHERE integration_id = $1', [id])).toEqual([]);
    expect(await eventsOf(id)).toEqual([
      { event: 'disabled', data: { reason: 'credential_failing' }, generation: 2, tenant_id: 'acme' },
    ]);
    expect(await auditOf(id)).toEqual([
      {
        actor: 'health-worker',
        app: 'health-worker',
        tenant_id: 'acme',
        outcome: 'succeeded',
        detail: {
          generation: 2,
          reason: 'credential_failing',
          code: 'credential_invalid',
          failingSince: expect.stringMatching(/Z$/),
        },
      },
    ]);
    expect(await sweep()).toEqual([]);
  });

  it.each<ProbeCode>(['credential_missing', 'credential_invalid', 'credential_expired', 'credential_disabled'])(
    'is disabled if the code is %s',
    async (code) => {
      const { id } = await failing({}, code);
      await longAgo(id);
      expect(await sweep()).toEqual([id]);
    },
  );

  it.each<[HealthStatus, ProbeCode]>([
    ['unhealthy', 'tcp_refused'],
    ['unhealthy', 'scope_insufficient'],
    ['unhealthy', 'secret_unresolvable'],
    ['degraded', 'rate_limited'],
    ['degraded', 'credential_invalid'],
    ['healthy', 'ok'],
  ])('is not disabled if it is %s with code %s', async (status, code) => {
    const { id } = await failing();
    await longAgo(id);
    await judged(id, status, code);
    expect(await sweep()).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ enabled: true });
  });

  it('starts counting again after it was healthy, and after it was edited', async () => {
    const [recovered, edited] = [await failing(), await failing()];
    await longAgo(recovered.id, edited.id);
    await judged(recovered.id, 'healthy', 'ok');
    await judged(recovered.id, 'unhealthy', 'credential_invalid');
    await integrations.update('acme', edited.id, 1, { authRef: 'authref://env/new' });
    expect(await sweep()).toEqual([]);
    await longAgo(recovered.id, edited.id);
    expect((await sweep()).sort()).toEqual([recovered.id, edited.id].sort());
  });

  it('keeps its count while the failure code changes, and loses it while the vendor is unreachable', async () => {
    const { id } = await failing();
    await sweep();
    await age(id, DAY_MS - 60_000);
    await judged(id, 'unhealthy', 'credential_expired', 'kept');
    expect(await sweep()).toEqual([]);
    expect(await countOf(id)).toBeGreaterThan(DAY_MS - 120_000);
    await judged(id, 'unhealthy', 'tcp_refused', 'kept');
    await sweep();
    expect(await countOf(id)).toBeNull();
  });

  it('is left alone when its last check is old, for example after a time without workers', async () => {
    const { id } = await failing();
    await longAgo(id);
    const looked = (ago: string) =>
      db.sql('UPDATE integration_health SET checked_at = now() - $2::interval WHERE integration_id = $1', [id, ago]);
    await looked('4 minutes');
    expect(await sweep()).toEqual([]);
    expect(await countOf(id)).toBeGreaterThan(DAY_MS);
    await looked('2 minutes');
    expect(await sweep()).toEqual([id]);
  });

  it('is left alone during maintenance, and when it is already deleted or disabled', async () => {
    const [maintained, deleted, disabled] = [await failing(), await failing(), await failing({ enabled: false })];
    await longAgo(maintained.id, deleted.id);
    await db.sql(`UPDATE integration SET maintenance_until = now() + interval '1 hour' WHERE id = $1`, [maintained.id]);
    await integrations.softDelete('acme', deleted.id, 1);
    expect(await sweep()).toEqual([]);
    expect(await eventsOf(disabled.id)).toEqual([]);
  });

  it('is counted per provider while it fails and is in service', async () => {
    const refused = () => new CredentialFailureRepository(db.database).refused();
    expect(await refused()).toEqual(new Map());
    const [recovers, , maintained, deleted] = [await failing(), await failing(), await failing(), await failing()];
    const other = await failing({ provider: 'harbor', type: 'registry' }, 'credential_expired');
    await failing({ enabled: false });
    await failing({}, 'tcp_refused');
    expect(await refused()).toEqual(
      new Map([
        ['in_memory', 4],
        ['harbor', 1],
      ]),
    );

    await judged(recovers.id, 'healthy', 'ok');
    await db.sql(`UPDATE integration SET maintenance_until = now() + interval '1 hour' WHERE id = $1`, [maintained.id]);
    await integrations.softDelete('acme', deleted.id, 1);
    await longAgo(other.id);
    await sweep();
    expect(await refused()).toEqual(new Map([['in_memory', 1]]));
  });

  it('is disabled only once by several workers that sweep at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, async () => (await failing()).id));
    await longAgo(...ids);
    const workers = [worker(), worker(await db.another()), worker(await db.another())];
    const swept = (await Promise.all(workers.map((one) => sweep(one)))).flat();
    expect(swept.sort()).toEqual([...ids].sort());
    for (const id of ids) {
      expect(await eventsOf(id)).toHaveLength(1);
      expect(await auditOf(id)).toHaveLength(1);
      expect(await rowOf(id)).toMatchObject({ generation: 2 });
    }
  });

  it('stays enabled if it was edited or has recovered since the sweep read it', async () => {
    const [edited, recovered] = [await failing(), await failing()];
    await longAgo(edited.id, recovered.id);
    const seen = await new CredentialFailureRepository(db.database).lasting(DAY_MS, 10);
    await integrations.update('acme', edited.id, 1, { name: 'another name' });
    await judged(recovered.id, 'healthy', 'ok');
    expect(await Promise.all(seen.map((failure) => worker().disable(failure)))).toEqual([null, null]);
    for (const { id } of [edited, recovered]) {
      expect(await rowOf(id)).toMatchObject({ enabled: true });
      expect(await eventsOf(id)).toEqual([]);
    }
  });

  it('waits for a probe that is just being recorded, and takes its result into account', async () => {
    const { id } = await failing();
    await longAgo(id);
    const [seen] = await new CredentialFailureRepository(db.database).lasting(DAY_MS, 10);
    const other = await db.another();
    const recorded = Promise.withResolvers<void>();
    const recording = other.transaction(async (tx) => {
      await new HealthRepository(other).save([row(id, 'healthy', 'ok', new Date())], tx);
      recorded.resolve();
      await waiting();
    });
    await recorded.promise;
    const disabling = worker().disable(seen!);
    await recording;
    expect(await disabling).toBeNull();
    expect(await rowOf(id)).toMatchObject({ enabled: true });
  });

  it('is not disabled at all if any part of that cannot be written', async () => {
    const { id } = await failing();
    await longAgo(id);
    await db.sql('ALTER TABLE audit_entry ADD CONSTRAINT audit_full CHECK (actor IS NULL) NOT VALID');
    try {
      await expect(worker().sweep(DAY_MS)).rejects.toThrow();
    } finally {
      await db.sql('ALTER TABLE audit_entry DROP CONSTRAINT audit_full');
    }
    expect(await rowOf(id)).toMatchObject({ enabled: true, generation: 1 });
    expect(await eventsOf(id)).toEqual([]);
    expect(await sweep()).toEqual([id]);
  });

  it('is never enabled again automatically', async () => {
    const { id } = await failing();
    await longAgo(id);
    await sweep();
    await judged(id, 'healthy', 'ok');
    await sweep();
    expect(await rowOf(id)).toMatchObject({ enabled: false });
  });
});

/** Registers and schedules an integration that is believed unhealthy from now on. */
async function failing(
  overrides: Partial<NewIntegration> = {},
  code: ProbeCode = 'credential_invalid',
): Promise<IntegrationRow> {
  const inserted = await integrations.insert(integration(overrides));
  const { id, tenantId, intervalSeconds } = inserted;
  await new ProbeScheduleRepository(db.database).put(id, tenantId, intervalSeconds, new Date());
  await judged(id, 'unhealthy', code);
  return inserted;
}

let clock = Date.now() - DAY_MS;

/** `kept`: `since` stays, because the status has not changed. */
async function judged(id: string, status: HealthStatus, code: ProbeCode, since: 'kept' | 'now' = 'now'): Promise<void> {
  const before = (await states.find('acme', [id])).get(id);
  await states.save([row(id, status, code, since === 'kept' ? before!.since : new Date((clock += 1_000)))]);
}

function row(id: string, status: HealthStatus, code: ProbeCode, since: Date) {
  const base = health(id, { checkedAt: new Date() });
  return { ...base, status, settled: status, code, since, verdict: { ...base.verdict, status, code } };
}

/** Pretends that the failure was first noticed `milliseconds` ago. */
async function age(id: string, milliseconds: number): Promise<void> {
  await db.sql(
    `UPDATE credential_failure SET since = now() - $2 * interval '1 millisecond' WHERE integration_id = $1`,
    [id, milliseconds],
  );
}

async function longAgo(...ids: string[]): Promise<void> {
  await sweep(worker(), 365 * DAY_MS);
  for (const id of ids) await age(id, 2 * DAY_MS);
}

/** How many milliseconds ago the failure was first noticed; null if there is none. */
async function countOf(id: string): Promise<number | null> {
  const [found] = await db.sql<{ ms: number }>(
    `SELECT (extract(epoch FROM now() - since) * 1000)::float8 AS ms FROM credential_failure WHERE integration_id = $1`,
    [id],
  );
  return found?.ms ?? null;
}

async function rowOf(id: string) {
  const [found] = await db.sql<{ enabled: boolean; generation: number }>(
    'SELECT enabled, generation FROM integration WHERE id = $1',
    [id],
  );
  return found;
}

function eventsOf(id: string) {
  return db.sql('SELECT event, data, generation, tenant_id FROM outbox WHERE integration_id = $1', [id]);
}

function auditOf(id: string) {
  return db.sql(
    `SELECT actor, app, tenant_id, outcome, detail FROM audit_entry
     WHERE integration_id = $1 AND action = 'integration.disabled'`,
    [id],
  );
}

/** Resolves once a session waits for a lock. */
async function waiting(): Promise<void> {
  for (;;) {
    const blocked = await db.sql(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (blocked.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
