import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, Outbox, type OutboxMessage, OutboxRelay, type RelayOptions } from '@integrations/database';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../support/eventually';
import { noSnapshots, openDatabase, type TestDatabase } from './support';

/** The relevant part of JetStream: stores published messages in order of arrival, and can fail at any point. */
class Stream {
  readonly messages: OutboxMessage[] = [];
  /** Called before each message is stored. */
  beforeEach: () => Promise<void> | void = () => {};
  /** Called when a whole batch is stored, before the publisher learns of it. */
  afterAll: () => Promise<void> | void = () => {};

  readonly publishAll = async (messages: readonly OutboxMessage[]): Promise<void> => {
    for (const message of messages) {
      await this.beforeEach();
      this.messages.push(message);
    }
    await this.afterAll();
  };
}

describe('the relay', () => {
  let db: TestDatabase;
  let stream: Stream;
  let relays: OutboxRelay[];
  let errors: unknown[];

  beforeEach(async () => {
    db = await openDatabase();
    stream = new Stream();
    relays = [];
    errors = [];
  });

  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await db.close();
  });

  async function startRelay(options: Partial<RelayOptions> = {}, database?: Database): Promise<OutboxRelay> {
    const relay = new OutboxRelay(database ?? (await db.another()), {
      publishAll: stream.publishAll,
      snapshots: noSnapshots(),
      onError: (error) => errors.push(error),
      pollMs: 20,
      retryMs: 20,
      ...options,
    });
    relays.push(relay);
    relay.start();
    return relay;
  }

  const append = (integrationId: string, n: number, before = async (): Promise<void> => {}) =>
    db.database.transaction(async (tx) => {
      const outbox = new Outbox(db.database);
      await outbox.append(
        {
          event: 'updated',
          tenantId: 'acme',
          integrationId,
          type: 'scm',
          provider: 'in_memory',
          generation: n,
          data: { changedFields: [`field ${n}`] },
        },
        tx,
      );
      await before();
    });
  const published = async () =>
    (await db.sql<{ n: string }>('SELECT count(*) AS n FROM outbox WHERE published_at IS NOT NULL'))[0]!.n;
  const everythingPublished = async (count: number) => {
    await eventually(`${count} published events`, async () => Number(await published()) === count);
  };

  /** The messages that a consumer which remembers the last sequence of each source treats as new. */
  function consumed(): Map<string, OutboxMessage[]> {
    const taken = new Map<string, OutboxMessage[]>();
    for (const message of stream.messages) {
      const source = message.headers['ce-source']!;
      const seen = taken.get(source) ?? [];
      taken.set(source, seen);
      const last = seen.at(-1)?.body.sequence ?? 0;
      if (message.body.sequence <= last) continue;
      expect(message.body.sequence).toBe(last + 1);
      seen.push(message);
    }
    return taken;
  }

  function expectOneIdPerSequence(): void {
    const ids = new Map<string, string>();
    for (const { id, headers } of stream.messages) {
      const place = `${headers['ce-source']} ${headers['ce-sequence']}`;
      expect(ids.get(place) ?? id).toBe(id);
      ids.set(place, id);
    }
    expect(new Set(ids.values()).size).toBe(ids.size);
  }

  const generations = (messages: readonly OutboxMessage[] = []) => messages.map(({ body }) => body.generation);

  it('publishes system events in a sequence of their own, without integration or snapshot', async () => {
    const data = { worker: 'w', since: '2026-01-01T00:00:00.000Z' };
    const degraded = { event: 'prober_degraded', data: { ...data, hosts: 30, turnedBad: 20 } } as const;
    const recovered = { event: 'prober_recovered', data: { ...data, until: '2026-01-01T01:00:00.000Z' } } as const;
    const outbox = new Outbox(db.database);
    await db.database.transaction((tx) => outbox.appendAll([degraded, recovered], tx));
    await startRelay();
    await everythingPublished(2);

    expect(consumed().get('/system')).toMatchObject([
      { subject: 'integrations.v1.sys.prober_degraded', body: { ...degraded.data, sequence: 1 } },
      { subject: 'integrations.v1.sys.prober_recovered', body: { ...recovered.data, sequence: 2 } },
    ]);
  });

  it('publishes events in the order in which they were written, with sequence numbers from 1', async () => {
    const [a, b] = [uuidv7(), uuidv7()];
    for (let n = 1; n <= 5; n++) await append(a, n);
    await append(b, 1);
    await startRelay();
    await everythingPublished(6);

    expect(generations(consumed().get(`/tenants/acme/integrations/${a}`))).toEqual([1, 2, 3, 4, 5]);
    expect(generations(consumed().get(`/tenants/acme/integrations/${b}`))).toEqual([1]);
    expect(stream.messages).toHaveLength(6);
    expect(stream.messages.find(({ body }) => body.generation === 5)).toMatchObject({
      subject: `integrations.v1.evt.acme.scm.${a}.updated`,
      headers: { 'ce-sequence': '00000000000000000005', 'ce-type': 'org.stella-ops.integrations.updated.v1' },
      body: { tenantId: 'acme', integrationId: a, provider: 'in_memory', sequence: 5, changedFields: ['field 5'] },
    });
  });

  it('publishes nothing of a failed transaction, and leaves no gap for it', async () => {
    const id = uuidv7();
    await append(id, 1);
    await expect(append(id, 2, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await append(id, 3);
    await startRelay();
    await everythingPublished(2);

    expect(generations(consumed().get(`/tenants/acme/integrations/${id}`))).toEqual([1, 3]);
  });

  it('loses no event that becomes visible after a later one was published', async () => {
    const id = uuidv7();
    const [inside, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = append(id, 1, async () => {
      inside.resolve();
      await commit.promise;
    });
    await inside.promise;
    await append(id, 2);
    await startRelay();
    await everythingPublished(1);
    commit.resolve();
    await slow;
    await everythingPublished(2);

    expect(generations(consumed().get(`/tenants/acme/integrations/${id}`))).toEqual([2, 1]);
  });

  it('never has two events of one integration in flight', async () => {
    const ids = Array.from({ length: 5 }, () => uuidv7());
    for (let n = 1; n <= 40; n++) await append(ids[n % 5]!, n);
    const batches: number[] = [];
    await startRelay({
      publishAll: async (messages) => {
        expect(new Set(messages.map(({ body }) => body.integrationId)).size).toBe(messages.length);
        batches.push(messages.length);
        await stream.publishAll(messages);
      },
    });
    await everythingPublished(40);

    expect(errors).toEqual([]);
    expect(batches).toEqual(Array(8).fill(5));
  });

  it('publishes an event that it could not mark again, with the same id and sequence number', async () => {
    const id = uuidv7();
    for (let n = 1; n <= 3; n++) await append(id, n);
    let failures = 2;
    stream.afterAll = () => {
      if (failures-- > 0) throw new Error('the acknowledgement got lost');
    };
    await startRelay();
    await everythingPublished(3);

    expect(stream.messages.map(({ body }) => body.sequence)).toEqual([1, 1, 1, 2, 3]);
    expect(errors).toHaveLength(2);
    expectOneIdPerSequence();
  });

  it('keeps the sequence numbers that it gave before it was killed, even if nothing was published', async () => {
    const id = uuidv7();
    for (let n = 1; n <= 3; n++) await append(id, n);
    stream.beforeEach = () => Promise.reject(new Error('NATS is away'));
    const first = await startRelay();
    await eventually('errors', () => errors.length > 2);
    await first.stop();
    expect(await published()).toBe('0');

    stream.beforeEach = () => {};
    await append(id, 4);
    await startRelay();
    await everythingPublished(4);

    expect(stream.messages.map(({ body }) => [body.generation, body.sequence])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
  });

  it('detects a database restored to a state behind the stream, and skips ahead once so that no event looks known', async () => {
    const [told, quiet, unheard] = [uuidv7(), uuidv7(), uuidv7()];
    const numbers = async () =>
      (await db.sql<{ last: string }>('SELECT last FROM event_sequence ORDER BY integration_id')).map(
        ({ last }) => +last,
      );
    const setBack = jest.fn();
    const newest = { integrationId: told, sequence: 3 };
    const start = () => startRelay({ newest: async () => newest, onDatabaseRestored: setBack });
    await db.sql(`INSERT INTO event_sequence VALUES ($1, 3), ($2, 5)`, [told, quiet]);
    await (await start()).stop();
    expect(await numbers()).toEqual([3, 5]);
    expect(setBack).not.toHaveBeenCalled();

    newest.sequence = 4;
    await append(unheard, 1);
    await start();
    await everythingPublished(1);
    expect(stream.messages.map(({ body }) => body.sequence)).toEqual([1_000_005]);
    await relays.at(-1)!.stop();
    await start();
    await append(told, 1);
    await everythingPublished(2);
    expect(await numbers()).toEqual([1_000_005, 1_000_005, 1_000_005]);
    expect(setBack).toHaveBeenCalledTimes(1);
  });

  it('skips ahead even if the newest event on the bus is of an unknown integration', async () => {
    const newest = { integrationId: uuidv7(), sequence: 7_000_000 };
    const setBack = jest.fn();
    for (const _ of [1, 2]) {
      await startRelay({ newest: async () => newest, onDatabaseRestored: setBack });
      await append(uuidv7(), 1);
      await everythingPublished(1);
      await relays.at(-1)!.stop();
      await db.sql('DELETE FROM outbox');
    }
    expect(setBack).toHaveBeenCalledTimes(1);
  });

  it('runs in one of two replicas, and the other takes over when its connection breaks', async () => {
    const sources = [new Set<string>(), new Set<string>()];
    for (const source of sources) {
      await startRelay({
        publishAll: async (messages) => {
          messages.forEach(({ id }) => source.add(id));
          await stream.publishAll(messages);
        },
      });
    }
    for (let n = 1; n <= 10; n++) await append(uuidv7(), n);
    await everythingPublished(10);
    expect(sources.map(({ size }) => size).sort()).toEqual([0, 10]);

    const first = sources.findIndex(({ size }) => size > 0);
    void relays[first]!.stop();
    for (let n = 11; n <= 20; n++) await append(uuidv7(), n);
    await everythingPublished(20);
    expect(sources[1 - first]!.size).toBe(10);
  });

  it('takes over from a frozen leader whose connection stays open', async () => {
    const [frozen, thawed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const database = await db.another();
    const openSession = database.openSession.bind(database);
    let isFrozen = false;
    database.openSession = async () => {
      const session = await openSession();
      const query = session.query.bind(session);
      session.query = async (...asked) => {
        if (isFrozen) await thawed.promise;
        return query(...asked);
      };
      return session;
    };
    stream.beforeEach = () => {
      isFrozen = true;
      frozen.resolve();
      return thawed.promise;
    };
    await append(uuidv7(), 1);
    await startRelay({}, database);
    await frozen.promise;
    stream.beforeEach = () => undefined;
    await startRelay();
    await everythingPublished(1);
    thawed.resolve();
    isFrozen = false;
    await append(uuidv7(), 2);
    await everythingPublished(2);
  });

  it('stays leader while the bus takes longer than a leader may be silent', async () => {
    stream.afterAll = () => sleep(12_000);
    await append(uuidv7(), 1);
    await startRelay();
    await everythingPublished(1);
    expect(stream.messages).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('changes nothing when it is stopped while another one leads', async () => {
    const [sending, sent] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    stream.afterAll = () => {
      sending.resolve();
      return sent.promise;
    };
    await append(uuidv7(), 1);
    await db.sql('UPDATE outbox SET sequence = 1'); // left behind, so the leader publishes it before it looks for more
    await startRelay();
    await sending.promise;
    await append(uuidv7(), 2);
    const waiting = await startRelay();
    await sleep(50);
    await waiting.stop();

    expect(await db.sql('SELECT sequence FROM outbox ORDER BY id')).toEqual([{ sequence: '1' }, { sequence: null }]);
    sent.resolve();
    await everythingPublished(2);
  });

  it('removes events after their retention', async () => {
    await append(uuidv7(), 1);
    await startRelay();
    await everythingPublished(1);
    await relays[0]!.stop();
    await append(uuidv7(), 2);
    await startRelay({ retentionMs: 0 });

    await eventually('an empty outbox', async () => (await db.sql('SELECT id FROM outbox')).length === 0);
    expect(await db.sql('SELECT last FROM event_sequence')).toEqual([{ last: '1' }, { last: '1' }]);
  });

  it.each([
    ['while there is nothing else to do', () => undefined],
    ['while new events keep coming', () => append(uuidv7(), 1)],
  ])('removes all expired events, however many, %s', async (_, afterEachBatch) => {
    await db.sql(
      `INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data, sequence, published_at)
       SELECT gen_random_uuid(), 'acme', gen_random_uuid(), 'scm', 'in_memory', 'updated', 1, '{}', 1, now() - interval '8 days'
       FROM generate_series(1, 12000)`,
    );
    stream.afterAll = afterEachBatch;
    await append(uuidv7(), 1);
    await startRelay();

    const old = `SELECT id FROM outbox WHERE published_at < now() - interval '7 days' LIMIT 1`;
    await eventually('nothing that is too old', async () => (await db.sql(old)).length === 0);
  });

  it('delivers everything in order through two relays that are killed at every point', async () => {
    const ids = Array.from({ length: 8 }, () => uuidv7());
    const written = new Map(ids.map((id) => [id, [] as number[]]));
    let rough = true;
    const maybeDie = async (): Promise<void> => {
      if (!rough) return;
      const dice = Math.random();
      if (dice < 0.02) throw new Error('publishing failed');
      // As kill -9 does: the session is gone, whatever the relay still has in flight.
      if (dice < 0.04) {
        await db.sql(
          `SELECT pg_terminate_backend(pid) FROM pg_locks
             WHERE locktype = 'advisory' AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
      }
    };
    stream.beforeEach = maybeDie;
    stream.afterAll = maybeDie;
    await startRelay();
    await startRelay();

    await Promise.all(
      ids.map(async (id, writer) => {
        for (let n = 1; n <= 60; n++) {
          await append(id, n);
          written.get(id)!.push(n);
          if (n % 10 === writer) await sleep(20);
        }
      }),
    );
    const isEnough = async () => errors.length > 5 || Number(await published()) === 480;
    await eventually('enough trouble', isEnough);
    rough = false;
    await everythingPublished(480);

    expect(errors.length).toBeGreaterThan(2);
    expectOneIdPerSequence();
    const taken = consumed();
    for (const [id, generationsWritten] of written) {
      expect(generations(taken.get(`/tenants/acme/integrations/${id}`))).toEqual(generationsWritten);
    }
  });
});
