import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, type OperationResult, type ProbeVerdict, succeeded } from '@integrations/contracts';
import { IntegrationRepository, ProbeScheduleRepository, SealedSecretRepository } from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import { generateMasterKey, LocalStore, parseMasterKey } from '@integrations/secrets';
import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CompactEncrypt, importJWK } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { temporaryDirectory } from '../../support/temporary';
import { integration, openDatabase, type TestDatabase } from '../database/support';
import { startHealthWorker } from './start-health-worker';

const VALUE = 'correct horse battery staple';
const base64url = Buffer.from(VALUE).toString('base64url');

let db: TestDatabase;
let nats: TestNats;
let caller: NatsConnection;
let vault: Server;
let app: NestFastifyApplication | undefined;
let version = 3;
let unanswered = 0;
const directory = temporaryDirectory();

beforeAll(async () => {
  [db, nats] = await Promise.all([openDatabase(), startTestNats()]);
  caller = await connect({ servers: nats.url });
  vault = createServer((request, response) => {
    if (request.url?.endsWith('/hanging')) return void (unanswered += 1);
    const data = {
      '/v1/auth/token/lookup-self': { ttl: 0, renewable: false },
      '/v1/secret/data/integrations/acme/github': { data: { value: VALUE }, metadata: { version } },
    }[request.url ?? ''];
    response.statusCode = data ? 200 : 404;
    response.end(JSON.stringify(data ? { data } : { errors: [] }));
  });
  await new Promise<void>((resolve) => vault.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await app?.close();
  app = undefined;
});

afterAll(async () => {
  await caller.close();
  await Promise.all([db.close(), nats.stop(), new Promise((resolve) => vault.close(resolve))]);
  rmSync(directory, { recursive: true });
});

describe('a worker with external secret stores', () => {
  it('asks the Authority service over NATS, where nobody else can read the answer', async () => {
    const heard: string[] = [];
    const spy = caller.subscribe('>', { callback: (_, message) => void heard.push(message.string()) });
    const authority = caller.subscribe('authority.v1.rpc.secret.resolve', {
      callback: (_, message) => void answer(message),
    });
    await startWorker({ AUTHORITY_OVER_NATS: 'true' });
    const verdict = await probe('authref://authority/github');
    expect(verdict).toMatchObject({ status: 'healthy' });
    expect(await leases('authority')).toEqual([{ outcome: 'resolved', version: '7' }]);
    expect(await probe('authref://authority/unknown')).toMatchObject({ code: 'secret_unresolvable' });
    expect(heard.filter((text) => text.includes('"result":{"sealed"'))).toHaveLength(1);
    expect(heard.join()).not.toContain(VALUE);
    expect(heard.join()).not.toContain(base64url);
    authority.unsubscribe();
    spy.unsubscribe();
  });

  it('reaches a vault at a private address that integrations may not call', async () => {
    writeFileSync(join(directory, 'token'), 'hvs.token');
    await startWorker({ VAULT_ADDR: addressOf(vault), VAULT_TOKEN_FILE: join(directory, 'token'), EGRESS_ALLOW: '' });
    expect(await probe('authref://vault/github')).toMatchObject({ status: 'healthy' });
    expect(await leases('vault')).toEqual([{ outcome: 'resolved', version: '3' }]);
    // A test right after a rotation uses the new version.
    version = 4;
    await probe('authref://vault/github');
    expect(await leases('vault')).toContainEqual({ outcome: 'resolved', version: '4' });
    expect(await probe('authref://vault/another')).toMatchObject({ code: 'secret_unresolvable' });
  });

  it('shuts down at once although a vault does not answer', async () => {
    writeFileSync(join(directory, 'token'), 'hvs.token');
    await startWorker({ VAULT_ADDR: addressOf(vault), VAULT_TOKEN_FILE: join(directory, 'token') });
    const waiting = integration({ authRef: 'authref://vault/hanging', config: {}, endpoint: 'memory://local' });
    const { id, tenantId } = await new IntegrationRepository(db.database).insert(waiting);
    await new ProbeScheduleRepository(db.database).put(id, tenantId, 900, 'now');
    await eventually('the read', () => unanswered > 0);

    const ending = performance.now();
    await app?.close();
    app = undefined;
    expect(performance.now() - ending).toBeLessThan(5_000);
  });

  it('finds a secret that is stored just after it was missed', async () => {
    const key = generateMasterKey();
    await startWorker({ SECRETS_MASTER_KEY: key });
    const authRef = 'authref://local/late';
    const schedule = new ProbeScheduleRepository(db.database);
    const { id, tenantId } = await new IntegrationRepository(db.database).insert(
      integration({ authRef, config: {}, endpoint: 'memory://local' }),
    );
    await schedule.put(id, tenantId, 900, 'now');
    const isFound = async (code: string) =>
      (await db.sql(`SELECT FROM integration_health WHERE verdict->>'code' = $1 AND integration_id = $2`, [code, id]))
        .length === 1;
    await eventually('the first check', () => isFound('secret_unresolvable'));

    const store = new LocalStore(new SealedSecretRepository(db.database), {
      current: parseMasterKey(key),
      previous: [],
    });
    await store.write(tenantId, 'late', new Secret(VALUE));
    await schedule.wakeFailing(tenantId, authRef);
    await eventually('the next check', () => isFound('ok'));
  });

  it('lends the identity of its host only to tenants named in the setting', async () => {
    await startWorker({ AMBIENT_IDENTITY: 'platform' });
    const message = expect.stringContaining('AMBIENT_IDENTITY');
    expect(await probe('authref://ambient/aws')).toMatchObject({ code: 'secret_unresolvable', message });
    expect(await leases('ambient')).toEqual([{ outcome: 'denied', version: null }]);
  });
});

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(message: Msg): Promise<void> {
  const { ref, recipientKey } = message.json<{ ref: string; recipientKey: object }>();
  const isKnown = ref === 'authref://authority/github' && message.headers?.get('tenant') === 'acme';
  if (!isKnown) return void message.respond(JSON.stringify(failed('not_found', 'no such secret')));
  const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ value: VALUE, version: '7' })))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(await importJWK(recipientKey, 'ECDH-ES'));
  message.respond(JSON.stringify(succeeded({ sealed })));
}

async function startWorker(env: NodeJS.ProcessEnv): Promise<void> {
  app = await startHealthWorker({ DATABASE_URL: db.url, NATS_URL: nats.url, ...env });
}

async function probe(authRef: string): Promise<ProbeVerdict | null> {
  const id = uuidv7();
  // Disabled: a test of an enabled integration wakes the poller, which would lease the secret as well.
  const row = integration({ id, authRef, config: {}, endpoint: 'memory://local', enabled: false });
  await new IntegrationRepository(db.database).insert(row);
  const body = JSON.stringify({ integrationId: id });
  const reply = await caller.request('integrations.v1.rpc.probe.test', body, { timeout: 60_000 });
  return reply.json<OperationResult<ProbeVerdict>>().result;
}

function leases(store: string): Promise<object[]> {
  return db.sql(
    `SELECT outcome, detail->>'version' AS version FROM audit_entry WHERE action = 'credential.leased' AND detail->>'store' = $1`,
    [store],
  );
}
