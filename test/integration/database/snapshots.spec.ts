import {
  HealthRepository,
  IntegrationRepository,
  type IntegrationRow,
  type IntegrationState,
  Outbox,
  OutboxRelay,
  type SnapshotSink,
} from '@integrations/database';
import type { EventData, EventName } from '@integrations/contracts';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../support/eventually';
import { health, integration, openDatabase, type TestDatabase } from './support';

/** An in-memory bucket that can fail. */
class Bucket implements SnapshotSink {
  readonly states = new Map<string, IntegrationState>();
  broken = false;
  puts = 0;
  writes = 0;
  readonly #everPut = new Set<string>();
  /** In order of `put`. */
  readonly sequences: number[] = [];

  looks = 0;
  readonly status: SnapshotSink['status'] = async () => {
    this.#work();
    this.looks++;
    return { identity: 'the only one', size: this.#everPut.size, writes: this.writes };
  };

  reads = 0;
  beforeRead = async (): Promise<void> => undefined;
  readonly forEach: SnapshotSink['forEach'] = async (visit) => {
    this.#work();
    this.reads += 1;
    await this.beforeRead();
    for (const { tenantId, integrationId, sequence } of this.states.values()) {
      visit({ tenantId, integrationId }, sequence);
    }
  };

  readonly put: SnapshotSink['put'] = async (states) => {
    this.#work();
    this.puts++;
    for (const state of states) {
      this.states.set(state.integrationId, state);
      this.#everPut.add(state.integrationId);
      this.sequences.push(state.sequence);
      this.writes++;
    }
  };

  readonly remove: SnapshotSink['remove'] = async (positions) => {
    this.#work();
    for (const { integrationId } of positions) this.states.delete(integrationId);
    this.writes += positions.length;
  };

  #work(): void {
    if (this.broken) throw new Error('the bucket is away');
  }
}

describe("the relay's snapshots", () => {
  let db: TestDatabase;
  let integrations: IntegrationRepository;
  let outbox: Outbox;
  let bucket: Bucket;
  let relays: OutboxRelay[];
  let errors: unknown[];
  let published: number[];
  let publish: (event: string) => Promise<void> | void;

  beforeEach(async () => {
    db = await openDatabase();
    integrations = new IntegrationRepository(db.database);
    outbox = new Outbox(db.database);
    bucket = new Bucket();
    [relays, errors, published, publish] = [[], [], [], () => undefined];
  });

  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await db.close();
  });

  function startRelay(): OutboxRelay {
    const relay = new OutboxRelay(db.database, {
      publishAll: async (messages) => {
        for (const { subject, body } of messages) {
          await publish(subject.split('.').at(-1)!);
          published.push(body.sequence);
        }
      },
      snapshots: bucket,
      onError: (error) => errors.push(error),
      pollMs: 20,
      retryMs: 20,
    });
    relays.push(relay);
    relay.start();
    return relay;
  }

  const event = <N extends EventName>(row: IntegrationRow, name: N, data: object = {}) => {
    const { id: integrationId, tenantId, type, provider, generation } = row;
    return { event: name, tenantId, integrationId, type, provider, generation, data: data as EventData[N] };
  };
  const register = () =>
    db.database.transaction(async (tx) => {
      const row = await integrations.insert(integration({ tags: ['prod'] }), tx);
      await outbox.append(event(row, 'registered'), tx);
      return row;
    });
  const rename = (row: IntegrationRow, name: string) =>
    db.database.transaction(async (tx) => {
      const changed = await integrations.update('acme', row.id, row.generation, { name }, tx);
      if (typeof changed === 'string') throw new Error(changed);
      await outbox.append(event(changed, 'updated', { changedFields: ['name'] }), tx);
      return changed;
    });
  const remove = (row: IntegrationRow) =>
    db.database.transaction(async (tx) => {
      await integrations.softDelete('acme', row.id, row.generation, tx);
      await outbox.append(event(row, 'deleted'), tx);
    });
  const snapshotAt = (id: string, sequence: number) =>
    eventually('the snapshot', () => bucket.states.get(id)?.sequence === sequence);

  it('show the state as of the last event, with its health, but neither credential nor config', async () => {
    const row = await register();
    startRelay();
    await snapshotAt(row.id, 1);
    const { id, tenantId, name, description, type, provider, endpoint, tags, enabled, intervalSeconds } = row;
    const { generation, createdAt, updatedAt } = row;
    const maintenance = { maintenanceUntil: null, maintenanceReason: null };
    const facts = { tenantId, description, type, provider, endpoint, tags, enabled, intervalSeconds, createdAt };
    const common = { ...facts, ...maintenance };
    expect(bucket.states.get(id)).toEqual({
      ...{ ...common, integrationId: id, sequence: 1, name, generation, updatedAt, health: null },
    });

    await db.database.transaction(async (tx) => {
      await new HealthRepository(db.database).save([health(id)], tx);
      await outbox.append(event(row, 'health_changed'), tx);
    });
    await snapshotAt(id, 2);
    const { status, code, message, since, checkedAt, flapping, latencyMs } = health(id);
    expect(bucket.states.get(id)?.health).toEqual({ status, code, message, since, checkedAt, flapping, latencyMs });
    expect(errors).toEqual([]);
  });

  it('are removed when the integration is deleted', async () => {
    const row = await register();
    startRelay();
    await snapshotAt(row.id, 1);
    await remove(row);
    await eventually('no snapshot', () => bucket.states.size === 0);
    expect(published).toEqual([1, 2]);
  });

  it('are never ahead of the stream', async () => {
    const row = await register();
    startRelay();
    await snapshotAt(row.id, 1);

    publish = (name) => {
      if (name === 'updated') throw new Error('the stream is away');
    };
    const renamed = await rename(row, 'new name');
    const other = await register();
    await eventually('errors', () => errors.length > 3);
    expect(bucket.states.get(row.id)).toMatchObject({ sequence: 1, name: row.name });

    publish = () => undefined;
    await snapshotAt(row.id, 2);
    await snapshotAt(other.id, 1);
    expect(bucket.states.get(row.id)).toMatchObject({ name: 'new name', generation: renamed.generation });
  });

  it.each([
    ['do not wait for annotation events, which do not change the integration', 'annotation_accepted', 500],
    ['wait for every other event', 'updated', 601],
  ] as const)('%s', async (_, name, firstWritten) => {
    const row = await register();
    await db.database.transaction(async (tx) => {
      for (let n = 0; n < 600; n++) await outbox.append(event(row, name), tx);
    });
    // The relay takes 500 events at a time, and writes snapshots in between.
    startRelay();
    await snapshotAt(row.id, 601);
    expect(bucket.sequences[0]).toBe(firstWritten);
  });

  it('do not hold up events while they cannot be written, and follow later', async () => {
    bucket.broken = true;
    startRelay();
    const row = await register();
    await rename(row, 'new name');
    await eventually('events and an error', () => published.length === 2 && errors.length > 0);
    bucket.broken = false;
    await snapshotAt(row.id, 2);
    expect(bucket.states.get(row.id)?.name).toBe('new name');
  });

  it("are written even when the host's clock is set back", async () => {
    const row = await register();
    startRelay();
    await snapshotAt(row.id, 1);
    bucket.broken = true;
    await rename(row, 'renamed');
    await eventually('a failure', () => errors.length > 0);
    const time = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => time() - 3_600_000);
    bucket.broken = false;
    await snapshotAt(row.id, 2).finally(() => clock.mockRestore());
  });

  it('do not hold up events while all snapshots are being read, and follow after that', async () => {
    const row = await register();
    const read = Promise.withResolvers<void>();
    bucket.beforeRead = () => read.promise;
    startRelay();
    await eventually('the first event', () => published.length === 1);
    await eventually('a full read', () => bucket.reads === 1);
    await rename(row, 'new name');
    await register();
    await eventually('events', () => published.length === 3);
    expect(bucket.states.size).toBe(0);

    read.resolve();
    await snapshotAt(row.id, 2);
    await eventually('two snapshots', () => bucket.states.size === 2);
    expect(bucket.reads).toBe(1);
    expect(errors).toEqual([]);
  });

  it("are not all read again because of the relay's own writes", async () => {
    const row = await register();
    startRelay();
    await snapshotAt(row.id, 1);
    const renamed = await rename(row, 'new name');
    await snapshotAt(row.id, 2);
    await remove(renamed);
    await eventually('no snapshot', () => bucket.states.size === 0);
    const looks = bucket.looks;
    await eventually('another look at the bucket', () => bucket.looks > looks);
    expect(bucket.reads).toBe(1);
  });

  it('are restored when someone else removes one and leaves a delete marker', async () => {
    const row = await register();
    startRelay();
    await snapshotAt(row.id, 1);
    bucket.states.delete(row.id);
    bucket.writes += 1;
    const other = await register();
    await snapshotAt(other.id, 1);
    await snapshotAt(row.id, 1);
    expect(errors).toEqual([]);
  });

  it('are read again when the database fails meanwhile', async () => {
    const row = await register();
    bucket.beforeRead = async () => {
      if (bucket.reads > 1) return;
      await db.sql(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    };
    startRelay();
    await snapshotAt(row.id, 1);
    expect(bucket.reads).toBe(2);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('are repaired by the next leader: outdated ones, missing ones, and those of deleted integrations', async () => {
    const [old, lost, deleted, intact] = [await register(), await register(), await register(), await register()];
    const first = startRelay();
    await eventually('four snapshots', () => bucket.states.size === 4);
    await first.stop();

    bucket.states.delete(lost.id);
    await db.sql('UPDATE integration SET deleted_at = now() WHERE id = $1', [deleted.id]);
    const stranger = { ...bucket.states.get(old.id)!, integrationId: uuidv7(), tenantId: 'elsewhere' };
    bucket.states.set(stranger.integrationId, stranger);
    // As if the first leader had been killed between event and snapshot.
    bucket.states.set(old.id, { ...bucket.states.get(old.id)!, sequence: 0, name: 'once' });
    const untouched = bucket.states.get(intact.id);
    bucket.puts = 0;
    startRelay();

    await snapshotAt(lost.id, 1);
    await snapshotAt(old.id, 1);
    await eventually('three snapshots', () => bucket.states.size === 3);
    expect(bucket.states.get(old.id)?.name).toBe(old.name);
    expect(bucket.states.get(intact.id)).toBe(untouched);
    expect(bucket.puts).toBe(1);
  });

  it('are all written again after the bus was away, which may have lost them', async () => {
    const rows = [await register(), await register()];
    const relay = startRelay();
    await eventually('two snapshots', () => bucket.states.size === 2);

    bucket.states.clear();
    relay.interrupt();

    for (const { id } of rows) await snapshotAt(id, 1);
  });

  it('are all written again after a failed write, because the bucket may have been recreated', async () => {
    await register();
    startRelay();
    await eventually('a snapshot', () => bucket.states.size === 1);

    bucket.broken = true;
    bucket.states.clear();
    await register();
    await eventually('an error', () => errors.length > 0);
    bucket.broken = false;

    await eventually('two snapshots', () => bucket.states.size === 2);
  });

  it('keep up with many events of many integrations, and end at the last event', async () => {
    const rows = await Promise.all(Array.from({ length: 40 }, () => register()));
    startRelay();
    await Promise.all(
      rows.map(async (row) => {
        let current = row;
        for (let n = 1; n <= 10; n++) current = await rename(current, `${row.name} ${n}`);
      }),
    );
    await eventually('the last snapshots', () => rows.every(({ id }) => bucket.states.get(id)?.sequence === 11));
    for (const { id, name } of rows) {
      expect(bucket.states.get(id)).toMatchObject({ name: `${name} 10`, generation: 11 });
    }
    expect(errors).toEqual([]);
  });
});
