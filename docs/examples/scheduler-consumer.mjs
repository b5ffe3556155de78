// A Scheduler that decides for each integration whether jobs may use it: node scheduler-consumer.mjs NATS_URL DATABASE
// It writes each decision and the event's sequence in one transaction. So every event takes effect once and in order,
// however often it is delivered and whenever this process dies.
import { DatabaseSync } from 'node:sqlite';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, nanos } from '@nats-io/transport-node';

const [servers, file] = process.argv.slice(2);
const db = new DatabaseSync(file, { timeout: 5_000 });
db.exec(`CREATE TABLE IF NOT EXISTS integration (id TEXT PRIMARY KEY, sequence INTEGER, enabled INTEGER, health TEXT);
         CREATE TABLE IF NOT EXISTS decision (id TEXT, sequence INTEGER, event TEXT, decision TEXT)`);
const find = db.prepare('SELECT * FROM integration WHERE id = ?');
const save = db.prepare('INSERT OR REPLACE INTO integration VALUES (?, ?, ?, ?)');
const note = db.prepare('INSERT INTO decision VALUES (?, ?, ?, ?)');

function transaction(work) {
  db.exec('BEGIN IMMEDIATE');
  work();
  db.exec('COMMIT');
}

function decide(id, sequence, event, { enabled, health }) {
  save.run(id, sequence, enabled ? 1 : 0, health);
  note.run(id, sequence, event, enabled && health !== 'unhealthy' ? 'run' : 'hold');
}

/** The effect of an event on a Scheduler's view of an integration. Unknown events and fields change nothing. */
function apply(known, event, data) {
  if (event === 'registered' || event === 'restored') return { ...known, enabled: data.enabled };
  if (event === 'enabled') return { ...known, enabled: true };
  if (event === 'disabled' || event === 'deleted') return { ...known, enabled: false };
  if (event === 'health_changed') return { ...known, health: data.to };
  return known;
}

// The user from docker/nats.conf. A server without users ignores it.
const account = { user: 'scheduler', pass: process.env.NATS_PASSWORD, inboxPrefix: '_INBOX.scheduler' };
// By default, a server that is frozen or cut off is left only after some minutes.
const nats = await connect({ servers, name: 'scheduler', ...account, maxReconnectAttempts: -1, pingInterval: 5_000 });
const manager = await jetstreamManager(nats);

// On the first start, begin with the state in the bucket, because the stream keeps events for only 30 days.
if (!db.prepare('SELECT 1 FROM integration').get()) {
  const snapshots = [];
  for await (const entry of await (await new Kvm(nats).open('INTEGRATIONS_STATE')).history()) {
    if (entry.operation === 'PUT') snapshots.push(entry.json());
  }
  transaction(() => {
    for (const { id, sequence, enabled, health } of snapshots) {
      decide(id, sequence, 'snapshot', { enabled, health: health.status });
    }
  });
}

// Read from the oldest event on. Events that a snapshot already includes are skipped by their sequence.
const durable = { durable_name: 'scheduler', ack_policy: AckPolicy.Explicit, filter_subject: 'integrations.v1.evt.>' };
await manager.consumers.add('INTEGRATIONS_EVT', { ...durable, max_ack_pending: 256, ack_wait: nanos(5_000) });
const consumer = await manager.jetstream().consumers.get('INTEGRATIONS_EVT', 'scheduler');
console.log('ready');

// By default, events may stop for 30 s or more when another server of a cluster begins to lead the consumer.
for await (const message of await consumer.consume({ expires: 5_000 })) {
  const event = message.subject.split('.').at(-1);
  const data = message.json();
  const { integrationId: id, sequence } = data;
  const known = find.get(id) ?? { sequence: 0, enabled: false, health: 'unknown' };
  // An event that is ahead waits for its predecessor, which is redelivered after ack_wait. At the 30th delivery we
  // conclude that the predecessor has left the stream.
  if (sequence > known.sequence + 1 && message.info.deliveryCount < 30) {
    message.nak(1_000);
    continue;
  }
  if (sequence > known.sequence) transaction(() => decide(id, sequence, event, apply(known, event, data)));
  // Waits for the server's confirmation. Without it, the event is redelivered and skipped.
  await message.ackAck().catch(() => undefined);
}
