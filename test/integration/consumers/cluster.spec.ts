import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_STREAM, STATE_BUCKET } from '@integrations/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { eventually } from '../../support/eventually';
import { startTestCluster } from '../../support/nats-cluster';
import { temporaryDirectory } from '../../support/temporary';
import { query, startExample } from './support';

const ID = '01900000-0000-7000-8000-000000000000';
/** With the defaults of the client library, it takes more than 30 s. */
const LATEST_MS = 25_000;

it('the Scheduler soon notices that another server of a cluster leads its consumer', async () => {
  const cluster = await startTestCluster();
  const directory = temporaryDirectory();
  const file = join(directory, 'consumer.db');
  const operator = await connect({ servers: [...cluster.urls] });
  const manager = await eventually('JetStream', () => jetstreamManager(operator).catch(() => null));
  await manager.streams.add({ name: EVENT_STREAM.name, subjects: ['integrations.v1.evt.>'], num_replicas: 3 });
  await new Kvm(operator).create(STATE_BUCKET);
  const tell = (sequence: number) => {
    const event = JSON.stringify({ integrationId: ID, sequence });
    return manager.jetstream().publish(`integrations.v1.evt.default.scm.${ID}.updated`, event);
  };
  const decided = (sequence: number, withinMs?: number) =>
    eventually(
      `the decision at ${sequence}`,
      () => query(file, 'SELECT 1 FROM decision WHERE sequence = ?', String(sequence)).length > 0,
      withinMs,
    );
  const example = await startExample('scheduler-consumer', cluster.urls[0]!, file);
  try {
    await tell(1);
    await decided(1);
    await operator.request(`$JS.API.CONSUMER.LEADER.STEPDOWN.${EVENT_STREAM.name}.scheduler`);
    await tell(2);
    await decided(2, LATEST_MS);
  } finally {
    await example.kill();
    await operator.close();
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
