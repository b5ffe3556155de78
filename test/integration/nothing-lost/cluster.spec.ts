import { setTimeout as sleep } from 'node:timers/promises';
import { createService } from '@integrations/bootstrap';
import { EVENT_STREAM, eventSource } from '@integrations/contracts';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { CatalogWriter } from '../../../apps/catalog-api/src/integrations/catalog-writer';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { eventually } from '../../support/eventually';
import { createMigratedDatabase } from '../../support/migrated-database';
import { startTestCluster, type TestCluster } from '../../support/nats-cluster';
import type { TestDatabase } from '../../support/postgres';
import { Consumer } from './consumer';
import { Mutations } from './mutations';

const MUTATIONS = 300;

let stored: TestDatabase;
let cluster: TestCluster;
let app: NestFastifyApplication;
let connection: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  [stored, cluster] = await Promise.all([createMigratedDatabase(), startTestCluster()]);
  connection = await connect({ servers: [...cluster.urls] });
  manager = await eventually('JetStream', () => jetstreamManager(connection).catch(() => null));
  const env = { databaseUrl: stored.url, natsUrl: cluster.urls.join(), logLevel: 'silent' } as const;
  app = await createService(catalogService(Object.assign(new CatalogConfig(), env)));
  await manager.streams.update(EVENT_STREAM.name, { num_replicas: 3 });
  await eventually('the replicas', areCurrent);
});

afterAll(async () => {
  await app.close();
  await connection.close();
  await cluster.stop();
  await stored.drop();
});

it('no event is lost or published twice while the leader of their replicated stream changes', async () => {
  const consumer = await Consumer.start(cluster.urls[0]!);
  const mutations = new Mutations(app.get(CatalogWriter));
  let mutating = true;
  const changingLeaders = (async () => {
    while (mutating) {
      await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${EVENT_STREAM.name}`).catch(() => undefined);
      await sleep(Math.random() * 400);
    }
  })();
  await mutations.make(MUTATIONS).finally(() => (mutating = false));
  await changingLeaders;

  await eventually('every event', () => consumer.count === MUTATIONS).catch(() => undefined);
  await consumer.stop();
  expect(consumer.complaints).toEqual([]);
  for (const [source, changes] of Map.groupBy(mutations.changes, sourceOf)) {
    const generations = changes.map(({ generation }) => generation).sort((a, b) => a - b);
    expect(consumer.taken.get(source)?.map(({ generation }) => generation)).toEqual(generations);
  }
  expect((await manager.streams.info(EVENT_STREAM.name)).state.messages).toBe(MUTATIONS);
  await eventually('the replicas', areCurrent);
});

function sourceOf({ tenantId, integrationId }: { readonly tenantId: string; readonly integrationId: string }): string {
  return eventSource(tenantId, integrationId);
}

async function areCurrent(): Promise<boolean> {
  const { cluster: servers } = await manager.streams.info(EVENT_STREAM.name);
  return servers?.replicas?.length === 2 && servers.replicas.every(({ current }) => current);
}
