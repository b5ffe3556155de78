// A Signals service that can tell a quiet integration from a broken one: node signals-consumer.mjs NATS_URL DATABASE
// For each integration it stores the host whose webhooks belong to it, the periods in which silence proves nothing
// because the integration was disabled or unhealthy, and what was posted. It writes each effect and the event's
// sequence in one transaction.
import { DatabaseSync } from 'node:sqlite';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, nanos } from '@nats-io/transport-node';

const [servers, file] = process.argv.slice(2);
const db = new DatabaseSync(file, { timeout: 5_000 });
db.exec(`CREATE TABLE IF NOT EXISTS cursor (id TEXT PRIMARY KEY, sequence INTEGER);
         CREATE TABLE IF NOT EXISTS route (id TEXT PRIMARY KEY, host TEXT);
         CREATE TABLE IF NOT EXISTS gap (id TEXT, sequence INTEGER, reason TEXT, began TEXT, ended TEXT);
         CREATE TABLE IF NOT EXISTS posted (id TEXT, sequence INTEGER, repository TEXT, url TEXT)`);
const run = (sql, ...values) => db.prepare(sql).run(...values);
const cursorOf = (id) => db.prepare('SELECT sequence FROM cursor WHERE id = ?').get(id)?.sequence ?? 0;

const route = (id, host) => run('INSERT OR REPLACE INTO route VALUES (?, ?)', id, host);
const unroute = (id) => run('DELETE FROM route WHERE id = ?', id);
const endGap = (id, time) => run('UPDATE gap SET ended = ? WHERE id = ? AND ended IS NULL', time, id);
const beginGap = (id, sequence, reason, time) => {
  endGap(id, time);
  run('INSERT INTO gap VALUES (?, ?, ?, ?, NULL)', id, sequence, reason, time);
};

/** The effect of each event. Events without an entry, including unknown ones, only move the cursor. */
const effects = {
  registered: (id, { endpointHost }) => route(id, endpointHost),
  restored: (id, { endpointHost }) => route(id, endpointHost),
  enabled: (id, data, time) => endGap(id, time),
  disabled: (id, { sequence }, time) => beginGap(id, sequence, 'disabled', time),
  deleted: (id, data, time) => (endGap(id, time), unroute(id)),
  health_changed: (id, { sequence, to, reasonCode, since }) =>
    to === 'unhealthy' ? beginGap(id, sequence, reasonCode, since) : endGap(id, since),
  annotation_posted: (id, { sequence, owner, repository, url }) =>
    run('INSERT INTO posted VALUES (?, ?, ?, ?)', id, sequence, `${owner}/${repository}`, url),
};

function transaction(work) {
  db.exec('BEGIN IMMEDIATE');
  work();
  db.exec('COMMIT');
}

function moveCursor(id, sequence) {
  run('INSERT OR REPLACE INTO cursor VALUES (?, ?)', id, sequence);
}

function begin({ id, sequence, endpoint, enabled, health, updatedAt }) {
  route(id, new URL(endpoint).host);
  if (!enabled) beginGap(id, sequence, 'disabled', updatedAt);
  else if (health.status === 'unhealthy') beginGap(id, sequence, health.code, health.since);
  moveCursor(id, sequence);
}

// The user from docker/nats.conf. A server without users ignores it.
const account = { user: 'signals', pass: process.env.NATS_PASSWORD, inboxPrefix: '_INBOX.signals' };
// By default, a server that is frozen or cut off is left only after some minutes.
const nats = await connect({ servers, name: 'signals', ...account, maxReconnectAttempts: -1, pingInterval: 5_000 });
const manager = await jetstreamManager(nats);

// On the first start, begin with the state in the bucket, because the stream keeps events for only 30 days.
if (!db.prepare('SELECT 1 FROM cursor').get()) {
  const snapshots = [];
  for await (const entry of await (await new Kvm(nats).open('INTEGRATIONS_STATE')).history()) {
    if (entry.operation === 'PUT') snapshots.push(entry.json());
  }
  transaction(() => snapshots.forEach(begin));
}

const durable = { durable_name: 'signals', ack_policy: AckPolicy.Explicit, filter_subject: 'integrations.v1.evt.>' };
await manager.consumers.add('INTEGRATIONS_EVT', { ...durable, max_ack_pending: 256, ack_wait: nanos(5_000) });
const consumer = await manager.jetstream().consumers.get('INTEGRATIONS_EVT', 'signals');
console.log('ready');

// By default, events may stop for 30 s or more when another server of a cluster begins to lead the consumer.
for await (const message of await consumer.consume({ expires: 5_000 })) {
  const data = message.json();
  const { integrationId: id, sequence } = data;
  const cursor = cursorOf(id);
  // An event that is ahead waits for its predecessor, which is redelivered after ack_wait. At the 30th delivery we
  // conclude that the predecessor has left the stream.
  if (sequence > cursor + 1 && message.info.deliveryCount < 30) {
    message.nak(1_000);
    continue;
  }
  const effect = effects[message.subject.split('.').at(-1)];
  if (sequence > cursor) {
    transaction(() => {
      effect?.(id, data, message.headers.get('ce-time'));
      moveCursor(id, sequence);
    });
  }
  // Waits for the server's confirmation. Without it, the event is redelivered and skipped.
  await message.ackAck().catch(() => undefined);
}
