import { randomBytes } from 'node:crypto';
import {
  ApiTokenRepository,
  AuditDigestRepository,
  AuditRepository,
  type Database,
  DependentRepository,
  EventHistory,
  HealthHistory,
  HealthRepository,
  IdempotencyRepository,
  IntegrationRepository,
  OperationRepository,
  Outbox,
  ProbeScheduleRepository,
  SealedSecretRepository,
} from '@integrations/database';
import { parseAuditKeys } from '@integrations/secrets';
import { Client } from 'pg';
import { newAuditKey } from '../audit/support';
import { entry, health, integration, type TestDatabase } from '../database/support';

export function repositoriesOn(database: Database) {
  return {
    integrations: new IntegrationRepository(database),
    health: new HealthRepository(database),
    history: new HealthHistory(database),
    dependents: new DependentRepository(database),
    schedule: new ProbeScheduleRepository(database),
    operations: new OperationRepository(database),
    outbox: new Outbox(database),
    events: new EventHistory(database),
    tokens: new ApiTokenRepository(database),
    secrets: new SealedSecretRepository(database),
    audit: new AuditRepository(database),
    digests: new AuditDigestRepository(database),
    keys: new IdempotencyRepository(database),
  };
}

export type Repositories = ReturnType<typeof repositoriesOn>;

/** The ids of a tenant's data: one row in each table, which names the tenant. */
export interface Belongings {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly deletedId: string;
  readonly operationId: string;
}

export const KEY = { key: 'the same key', route: 'POST /integrations', bodyHash: 'hash' };
export const AUDIT_KEYS = parseAuditKeys(newAuditKey());
const SEALED = { version: 1, masterKeyId: 'k', wrappedKey: 'w' };

/** Writes a tenant's data through every repository. All tenants use the same names, paths and keys. */
export async function populate(database: Database, tenantId: string): Promise<Belongings> {
  const all = repositoriesOn(database);
  const row = await all.integrations.insert(integration({ tenantId, name: 'same name', description: tenantId }));
  const doomed = await all.integrations.insert(integration({ tenantId, name: 'deleted', description: tenantId }));
  await all.integrations.softDelete(tenantId, doomed.id, 1);
  await all.health.save([health(row.id, { tenantId, message: tenantId, checkedAt: new Date() })]);
  await all.schedule.put(row.id, tenantId, 60, new Date());
  const entered = entry(row, { lane: row.id, idempotencyKey: KEY.key, request: { body: tenantId } });
  await all.operations.enter(entered);
  await all.tokens.insert({ tenantId, name: tenantId, scopes: [], tokenHash: tokenHashOf(tenantId) });
  await all.secrets.put(tenantId, 'same/path', { ...SEALED, ciphertext: tenantId });
  await all.keys.claim({ tenantId, ...KEY });
  const { id: integrationId, type, provider, generation } = row;
  const at = new Date('2026-01-01T00:00:00Z');
  await database.transaction(async (tx) => {
    const { name } = row;
    await all.dependents.put(tenantId, row.id, { consumer: 'scheduler', note: tenantId }, tx);
    const event = { event: 'registered', tenantId, integrationId, type, provider, generation } as const;
    await all.outbox.append({ ...event, data: { name, endpointHost: tenantId, enabled: true } }, tx);
    const { results, transitions } = told(integrationId, tenantId, at);
    await all.history.append({ results, transitions }, tx);
    const audited = { tenantId, actor: tenantId, app: 'test', action: 'made', integrationId, outcome: 'succeeded' };
    await all.audit.append({ ...audited, detail: {} }, tx);
  });
  await all.digests.sign(tenantId, AUDIT_KEYS, { now: at, before: at });
  return { tenantId, integrationId, deletedId: doomed.id, operationId: entered.operation.id };
}

/** Rows that only the system writes, in states that take long to occur. */
export const OF_THE_SYSTEM = `
  INSERT INTO credential_failure (integration_id, tenant_id, generation, unhealthy_since, since)
  SELECT id, tenant_id, 1, now(), now() FROM integration WHERE deleted_at IS NULL;
  INSERT INTO vendor_outage (integration_id, tenant_id, last_failure_at, probe_at)
  SELECT id, tenant_id, now(), now() FROM integration WHERE deleted_at IS NULL;
  INSERT INTO annotation_budget (tenant_id, credential) SELECT DISTINCT tenant_id, 'key' FROM integration;
  INSERT INTO annotation_turn (tenant_id, credential, kind, at, holder, used)
  SELECT tenant_id, credential, 'write', now(), gen_random_uuid(), true FROM annotation_budget`;

export function tokenHashOf(tenantId: string): string {
  return `hash of the token of ${tenantId}`;
}

/** The result of a check that came a day late. */
function told(integrationId: string, tenantId: string, at: Date) {
  const of = { integrationId, tenantId };
  const previous = { checkedAt: new Date(at.getTime() - 86_400_000), intervalSeconds: 60 };
  return {
    results: [{ ...of, checkedAt: at, status: 'healthy', code: 'ok', latencyMs: 1, previous } as const],
    transitions: [{ ...of, from: 'unknown', to: 'healthy', reasonCode: 'ok', at, flapping: false } as const],
  };
}

export interface TestLogin {
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates a login as an administrator does; `rights` as in CREATE ROLE. */
export async function createLogin(adminUrl: string, rights: string): Promise<TestLogin> {
  const name = `login_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await execute(adminUrl, `CREATE ROLE ${name} LOGIN PASSWORD '${password}' ${rights}`);
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  return { url: url.toString(), drop: () => execute(adminUrl, `DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`) };
}

export async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** Runs one statement as an app's role, with the tenant set as an app sets it, or without a tenant. */
export async function asRole<T extends object>(
  db: TestDatabase,
  role: 'integrations_tenant' | 'integrations_system',
  tenantId: string | null,
  sql: string,
): Promise<T[]> {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  try {
    await client.query(`BEGIN; SET LOCAL ROLE ${role}`);
    if (tenantId !== null) await client.query(`SELECT set_config('integrations.tenant', $1, true)`, [tenantId]);
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
