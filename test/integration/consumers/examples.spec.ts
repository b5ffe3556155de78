import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { IntegrationRow } from '@integrations/database';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { eventually } from '../../support/eventually';
import { temporaryDirectory } from '../../support/temporary';
import { type Example, type Platform, query, startExample, startPlatform } from './support';

interface Decision {
  readonly sequence: number;
  readonly event: string;
  readonly decision: string;
}

describe('the example consumers of docs/examples', () => {
  let platform: Platform;
  let operator: NatsConnection;
  let directory: string;
  let file: string;
  let running: Example[];

  beforeEach(async () => {
    platform = await startPlatform();
    operator = await connect({ servers: platform.nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    directory = temporaryDirectory();
    file = join(directory, 'consumer.db');
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((example) => example.kill()));
    await operator.close();
    await platform.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(name: string): Promise<Example> {
    const example = await startExample(name, platform.nats.url, file);
    running.push(example);
    return example;
  }

  /** Kills the example as kill -9 does. */
  async function kill(example: Example): Promise<void> {
    running.splice(running.indexOf(example), 1);
    await example.kill();
  }

  const snapshotAt = (row: IntegrationRow, sequence: number) =>
    eventually(`the snapshot at ${sequence}`, async () => {
      const entry = await (await new Kvm(operator).open('INTEGRATIONS_STATE')).get(`${row.tenantId}.${row.id}`);
      return entry?.json<{ sequence: number }>().sequence === sequence || null;
    });

  const decisions = (row: IntegrationRow) =>
    query<Decision>(file, 'SELECT sequence, event, decision FROM decision WHERE id = ? ORDER BY rowid', row.id);
  const decidedUpTo = (row: IntegrationRow, sequence: number) =>
    eventually(`the decision at ${sequence}`, () => decisions(row).at(-1)?.sequence === sequence || null);
  const words = (row: IntegrationRow) =>
    decisions(row).map(({ sequence, event, decision }) => `${sequence} ${event} ${decision}`);

  it('the Scheduler starts with the snapshots, and continues with later events', async () => {
    const [up, down, gone] = [await platform.register(), await platform.register(), await platform.register()];
    await platform.turn(down, 'unhealthy');
    await platform.remove(gone);
    await snapshotAt(up, 1);
    await snapshotAt(down, 2);
    await start('scheduler-consumer');
    await platform.turn(down, 'healthy');
    await platform.setEnabled(up, false);
    await decidedUpTo(down, 3);
    await decidedUpTo(up, 2);

    expect(words(up)).toEqual(['1 snapshot run', '2 disabled hold']);
    expect(words(down)).toEqual(['2 snapshot hold', '3 health_changed run']);
    await decidedUpTo(gone, 2);
    expect(words(gone)).toEqual(['1 registered run', '2 deleted hold']);
  });

  it('the Scheduler handles each event once and in order, through crashes, a broker restart and redelivery', async () => {
    const rows = await Promise.all([platform.register(), platform.register(), platform.register()]);
    let example = await start('scheduler-consumer');
    const rounds = 40;
    const writing = rows.map(async (row) => {
      let current = row;
      for (let n = 0; n < rounds; n++) {
        current = await platform.setEnabled(current, !current.enabled);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    });
    for (let n = 0; n < 3; n++) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await kill(example);
      if (n === 1) await platform.nats.restart();
      example = await start('scheduler-consumer');
    }
    await Promise.all(writing);
    for (const row of rows) await decidedUpTo(row, rounds + 1);

    await redeliverEverything();
    for (const row of rows) await platform.tell(row, 'updated', { changedFields: ['name'] });
    for (const row of rows) await decidedUpTo(row, rounds + 2);
    for (const row of rows) {
      const sequences = decisions(row).map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from({ length: rounds + 2 }, (_, n) => n + 1));
      expect(words(row).slice(1, 4)).toEqual(['2 disabled hold', '3 enabled run', '4 disabled hold']);
    }
  });

  it('Signals keeps routes, gaps and posted annotations, and ignores events it does not know', async () => {
    const [early, late] = [await platform.register(), await platform.register()];
    await platform.turn(early, 'unhealthy');
    await snapshotAt(early, 2);
    await snapshotAt(late, 1);
    const example = await start('signals-consumer');
    await platform.turn(early, 'healthy');
    const posted = { operationId: late.id, operation: 'comment', owner: 'acme', repository: 'shop' } as const;
    const where = { prNumber: 7, commitSha: null, remoteId: '1', url: 'https://git.example.com/1', attempts: 1 };
    await platform.tell(late, 'annotation_posted', { ...posted, ...where });
    await kill(example);
    // An event that a later version of ours may publish.
    await platform.tell(late, 'moon_rose' as 'updated', { changedFields: [] });
    const disabled = await platform.setEnabled(early, false);
    await start('signals-consumer');
    await platform.setEnabled(disabled, true);
    await platform.remove(late);

    const cursors = () => query<{ id: string; sequence: number }>(file, 'SELECT * FROM cursor');
    await eventually('all events', () => cursors().some(({ sequence }) => sequence === 5) || null);
    expect(query(file, 'SELECT id, sequence, repository FROM posted')).toEqual([
      { id: late.id, sequence: 2, repository: 'acme/shop' },
    ]);
    expect(query(file, 'SELECT sequence, reason, ended IS NULL AS open FROM gap ORDER BY rowid')).toEqual([
      { sequence: 2, reason: 'tcp_refused', open: 0 },
      { sequence: 4, reason: 'disabled', open: 0 },
    ]);
    await eventually('the route to go', () => query(file, 'SELECT * FROM route').length === 1 || null);
    expect(query(file, 'SELECT * FROM route')).toEqual([{ id: early.id, host: 'git.example.com' }]);
  });

  /** Publishes again, like a relay that could not mark its events, at a server that has forgotten the message ids. */
  async function redeliverEverything(): Promise<void> {
    const manager = await jetstreamManager(operator);
    const { state } = await manager.streams.info('INTEGRATIONS_EVT');
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const stored = await manager.streams.getMessage('INTEGRATIONS_EVT', { seq });
      if (!stored) continue;
      const headers = natsHeaders();
      for (const name of stored.header.keys()) if (name.startsWith('ce-')) headers.set(name, stored.header.get(name));
      await manager.jetstream().publish(stored.subject, stored.data, { headers });
    }
  }
});
