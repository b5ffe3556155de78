import { createService } from '@integrations/bootstrap';
import { ANNOTATE_STREAM, EVENT_STREAM, STATE_BUCKET } from '@integrations/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
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

const REGISTERED = 24;

let stored: TestDatabase;
let nats: TestNats;
let apps: NestFastifyApplication[];
let connection: NatsConnection;
let mutations: Mutations;

beforeAll(async () => {
  stored = await createMigratedDatabase();
  nats = await startTestNats();
  const env = { databaseUrl: stored.url, natsUrl: nats.url, logLevel: 'silent' } as const;
  const config = Object.assign(new DispatcherConfig(), env);
  const module = AnnotationDispatcherModule.forRoot(config);
  apps = [
    await createService(catalogService(Object.assign(new CatalogConfig(), env))),
    await createService({ name: 'annotation-dispatcher', config, module }),
  ];
  mutations = new Mutations(apps[0]!.get(CatalogWriter));
  connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
});

afterAll(async () => {
  await connection.close();
  await Promise.all(apps.map((app) => app.close()));
  await nats.stop();
  await stored.drop();
});

it('the apps recreate streams and snapshots when NATS has lost its storage, even without any new event', async () => {
  await mutations.make(REGISTERED);
  const before = await Consumer.start(nats.url);
  const states = await settled(before);
  await before.stop();

  await nats.loseStorage();

  const manager = await jetstreamManager(connection, { checkAPI: false });
  const find = async () => {
    for (const { name } of [EVENT_STREAM, ANNOTATE_STREAM]) await manager.streams.info(name);
  };
  await until(find);
  const after = await Consumer.start(nats.url);
  await until(async () => expect(await statesOf(after)).toEqual(states));
  await after.stop();
});

it('the apps rewrite all snapshots after someone has deleted the streams while NATS kept running', async () => {
  const before = await Consumer.start(nats.url);
  const states = await settled(before);
  await before.stop();

  const manager = await jetstreamManager(connection);
  for (const name of [`KV_${STATE_BUCKET}`, ANNOTATE_STREAM.name]) await manager.streams.delete(name);

  const after = await Consumer.start(nats.url);
  await until(async () => expect(await statesOf(after)).toEqual(states));
  await after.stop();
});

it('the apps rewrite snapshots that someone has purged while their bucket remained', async () => {
  const before = await Consumer.start(nats.url);
  const states = await settled(before);
  await before.stop();

  await (await jetstreamManager(connection)).streams.purge(`KV_${STATE_BUCKET}`);

  const after = await Consumer.start(nats.url);
  await until(async () => expect(await statesOf(after)).toEqual(states));
  await after.stop();
});

it('the apps rewrite a single snapshot that someone has removed by key, which leaves a delete marker', async () => {
  const before = await Consumer.start(nats.url);
  const states = await settled(before);
  await before.stop();

  const bucket = await new Kvm(connection).open(STATE_BUCKET);
  for await (const key of await bucket.keys()) {
    await bucket.purge(key);
    break;
  }

  const after = await Consumer.start(nats.url);
  await until(async () => expect(await statesOf(after)).toEqual(states));
  await after.stop();
});

it('the apps publish nothing under a known sequence number after PostgreSQL has lost its latest writes', async () => {
  const manager = await jetstreamManager(connection);
  const newest = async () =>
    (await manager.streams.getMessage(EVENT_STREAM.name, { last_by_subj: '>' }))?.json<{ sequence: number }>().sequence;
  await mutations.make(1);
  await until(async () => expect(await newest()).toBeGreaterThan(0));

  const sql = new Client({ connectionString: stored.url });
  await sql.connect();
  await sql.query('UPDATE event_sequence SET last = 0');
  // As in a failover: no relay leads any more.
  await sql.query(`SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database
                   WHERE datname = current_database() AND locktype = 'advisory' AND objid = 7302002 AND granted`);
  await sql.end();

  await mutations.make(1);
  await until(async () => expect(await newest()).toBeGreaterThan(1_000_000));
});

/** Waits until every live integration has its snapshot. */
async function settled(consumer: Consumer): Promise<object[]> {
  await until(async () => expect(await consumer.isDone()).toBe(true));
  let states: object[] = [];
  await until(
    async () => {
      const last = states;
      states = await statesOf(consumer);
      expect(states).toEqual(last);
      expect(states.length).toBeGreaterThan(0);
    },
    { everyMs: 1_000 },
  );
  return states;
}

async function statesOf(consumer: Consumer): Promise<object[]> {
  return (await consumer.snapshots()).sort((a, b) => (a.id < b.id ? -1 : 1));
}
