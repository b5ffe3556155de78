import { createService } from '@integrations/bootstrap';
import { annotateSubject } from '@integrations/contracts';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { AnnotationDispatcherModule } from '../../../apps/annotation-dispatcher/src/annotation-dispatcher.module';
import { DispatcherConfig } from '../../../apps/annotation-dispatcher/src/config';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { CatalogWriter } from '../../../apps/catalog-api/src/integrations/catalog-writer';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { createMigratedDatabase } from '../../support/migrated-database';
import { startTestNats, type TestNats } from '../../support/nats';
import type { TestDatabase } from '../../support/postgres';
import { until } from '../../../scripts/stack/child';
import { Consumer } from './consumer';
import { Mutations } from './mutations';

/** Limits JetStream's storage for the platform: the server rejects messages in the same way as on a full disk. */
const config = `
no_auth_user: platform
accounts { PLATFORM { jetstream { max_file: 2MB }, users: [{ user: platform, password: platform }] } }`;

let stored: TestDatabase;
let nats: TestNats;
let apps: NestFastifyApplication[];
let database: Client;
let connection: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  stored = await createMigratedDatabase();
  nats = await startTestNats({ config });
  const env = { databaseUrl: stored.url, natsUrl: nats.url, logLevel: 'silent' } as const;
  const dispatcherConfig = Object.assign(new DispatcherConfig(), env);
  const module = AnnotationDispatcherModule.forRoot(dispatcherConfig);
  apps = [
    await createService(catalogService(Object.assign(new CatalogConfig(), env))),
    await createService({ name: 'annotation-dispatcher', config: dispatcherConfig, module }),
  ];
  connection = await connect({ servers: nats.url });
  database = new Client({ connectionString: stored.url });
  await database.connect();
  manager = await jetstreamManager(connection);
});

afterAll(async () => {
  await connection.close();
  await Promise.all(apps.map((app) => app.close()));
  await database.end();
  await nats.stop();
  await stored.drop();
});

it('with NATS full, publishers get an error, annotations are posted, and events wait until there is room', async () => {
  const consumer = await Consumer.start(nats.url);
  await manager.streams.add({ name: 'BALLAST', subjects: ['ballast'] });
  await expect(fill()).rejects.toThrow('resource limits exceeded');
  await new Mutations(apps[0]!.get(CatalogWriter)).make(50);
  const submitting = jetstream(connection).publish(annotateSubject('acme', 'comment'), '{}'.padEnd(2_000));
  await expect(submitting).rejects.toThrow('resource limits exceeded');

  expect(await post()).toMatchObject({ success: true });
  await until(async () => expect((await unpublished()).length).toBeGreaterThan(40));

  await manager.streams.delete('BALLAST');
  await until(async () => expect(await unpublished()).toEqual([]));
  await until(async () => expect(await consumer.isDone()).toBe(true));
  expect(consumer.complaints).toEqual([]);
  const taken = [...consumer.taken.values()].flat().map(({ eventId }) => eventId);
  expect(taken.sort()).toEqual(await eventIds('true'));
  await consumer.stop();
});

async function fill(): Promise<never> {
  for (;;) await jetstream(connection).publish('ballast', 'x'.repeat(2_000));
}

/** Posts a comment through an existing integration. */
async function post(): Promise<object> {
  const { rows } = await database.query<{ id: string; tenant_id: string }>(
    'SELECT id, tenant_id FROM integration WHERE enabled AND deleted_at IS NULL LIMIT 1',
  );
  const tenant = headers();
  tenant.set('tenant', rows[0]!.tenant_id);
  const target = { integrationId: rows[0]!.id, owner: 'acme', repository: 'shop', pullRequestNumber: 7 };
  const body = JSON.stringify({ ...target, body: 'Two findings.' });
  const reply = await connection.request('integrations.v1.rpc.scm.comment', body, { timeout: 60_000, headers: tenant });
  return reply.json<object>();
}

const unpublished = () => eventIds('published_at IS NULL');

async function eventIds(condition: string): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `SELECT event_id AS id FROM outbox WHERE ${condition} ORDER BY 1`,
  );
  return rows.map(({ id }) => id);
}
