import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createService } from '@integrations/bootstrap';
import { eventSource } from '@integrations/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { CatalogWriter } from '../../../apps/catalog-api/src/integrations/catalog-writer';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { createMigratedDatabase } from '../../support/migrated-database';
import type { TestDatabase } from '../../support/postgres';
import { Consumer } from './consumer';
import { type Change, Mutations } from './mutations';

/** As many as are bearable to wait for; 10,000 take some minutes. */
const MUTATIONS = Number(process.env.NOTHING_LOST_MUTATIONS ?? 2_000);
/** Something breaks in each round. */
const ROUNDS = Math.max(15, Math.ceil(MUTATIONS / 200));
const TEST_TIMEOUT_MS = 60_000 + 60 * MUTATIONS;

describe('nothing is lost', () => {
  let stored: TestDatabase;
  let nats: TestNats;
  let config: CatalogConfig;
  let sql: Client;
  /** Each app has a relay that may lead. The first app gets the mutations; the second comes and goes. */
  let writing: NestFastifyApplication;
  let replica: NestFastifyApplication;
  let consumer: Consumer;
  const done = { 'relays killed': 0, 'brokers killed': 0, 'replicas restarted': 0 };

  beforeAll(async () => {
    stored = await createMigratedDatabase();
    nats = await startTestNats();
    config = Object.assign(new CatalogConfig(), { databaseUrl: stored.url, natsUrl: nats.url, logLevel: 'silent' });
    sql = new Client({ connectionString: stored.url });
    await sql.connect();
    writing = await createService(catalogService(config));
    replica = await createService(catalogService(config));
    consumer = await Consumer.start(nats.url);
  });

  afterAll(async () => {
    await consumer.stop();
    await Promise.all([replica.close(), writing.close()]);
    await sql.end();
    await nats.stop();
    await stored.drop();
  });

  const disturbances: readonly (() => Promise<void>)[] = [
    // As kill -9 of a leading process does: its session is gone, whatever it still has in flight.
    async () => {
      await eventually('a relay that leads', async () => {
        const { rowCount } = await sql.query(
          `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database
           WHERE datname = current_database() AND locktype = 'advisory' AND objid = 7302002 AND granted`,
        );
        return rowCount || null;
      });
      done['relays killed'] += 1;
    },
    async () => {
      await nats.restart();
      done['brokers killed'] += 1;
    },
    async () => {
      await replica.close();
      replica = await createService(catalogService(config));
      done['replicas restarted'] += 1;
    },
  ];

  it(
    `of ${MUTATIONS} concurrent mutations while relays and the broker are killed repeatedly`,
    async () => {
      const mutations = new Mutations(writing.get(CatalogWriter));
      for (let round = 0; round < ROUNDS; round++) {
        const share = Math.ceil((MUTATIONS - mutations.changes.length) / (ROUNDS - round));
        const disturb = disturbances[round % disturbances.length]!;
        await Promise.all([mutations.make(share), sleep(Math.random() * 200).then(disturb)]);
      }
      expect(mutations.changes).toHaveLength(MUTATIONS);
      expect(Math.min(...Object.values(done))).toBeGreaterThanOrEqual(3);

      await eventually('every event to be published', everythingPublished);
      // The consumer would wait for ever at a gap. The comparison below shows where the gap is.
      await eventually('the consumer', async () => (await consumer.isDone()) || null).catch(() => undefined);
      expect(consumer.complaints).toEqual([]);
      expect(namesOf(consumer.taken)).toEqual(namesOf(bySource(mutations.changes)));
      expect(new Set([...consumer.taken.values()].flat().map(({ eventId }) => eventId)).size).toBe(MUTATIONS);

      const expected = await liveRows();
      await eventually('the snapshots', async () => isDeepStrictEqual(await snapshots(), expected) || null).catch(
        () => undefined,
      );
      expect(await snapshots()).toEqual(expected);
    },
    TEST_TIMEOUT_MS,
  );

  async function everythingPublished(): Promise<true | null> {
    const { rows } = await sql.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM outbox WHERE published_at IS NOT NULL',
    );
    return rows[0]?.n === MUTATIONS || null;
  }

  /** The expected snapshots, from PostgreSQL and from what the consumer has seen. */
  async function liveRows(): Promise<object[]> {
    const { rows } = await sql.query<{ id: string; tenantId: string }>(
      `SELECT id, tenant_id AS "tenantId", name, description, enabled, generation FROM integration
       WHERE deleted_at IS NULL ORDER BY id`,
    );
    return rows.map((row) => ({ ...row, sequence: consumer.taken.get(eventSource(row.tenantId, row.id))?.length }));
  }

  async function snapshots(): Promise<object[]> {
    const found = await consumer.snapshots();
    return found
      .map(({ id, tenantId, name, description, enabled, generation, sequence }) => {
        return { id, tenantId, name, description, enabled, generation, sequence };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
});

/** The changes of each integration, ordered by generation. */
function bySource(changes: readonly Change[]): Map<string, Change[]> {
  const sources = Map.groupBy(changes, ({ tenantId, integrationId }) => eventSource(tenantId, integrationId));
  for (const list of sources.values()) list.sort((a, b) => a.generation - b.generation);
  return sources;
}

/** The changes of each source in comparable form: `1 registered`, `2 updated` … */
function namesOf(sources: ReadonlyMap<string, readonly Pick<Change, 'generation' | 'event'>[]>): object {
  const named = [...sources].map(([source, list]) => [source, list.map((one) => `${one.generation} ${one.event}`)]);
  return Object.fromEntries(named) as object;
}
