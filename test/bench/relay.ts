// Events per second from the outbox to JetStream, by the relay of the stack's own apps, compared with a bare pipelined
// publish of messages of the same size to the same server. Events are spread over 1,000 integrations.
//   npm run build && node test/bench/relay.ts [EVENTS]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { temporaryDirectory } from '../support/temporary.ts';
import { startStack } from './stack.ts';

const EVENTS = Number(process.argv[2] ?? 50_000);
const INTEGRATIONS = 1_000;
const IN_FLIGHT = 256;

const directory = temporaryDirectory();
const stack = await startStack(join(directory, 'data'));
const database = new Client({ connectionString: stack.databaseUrl });
await database.connect();
const nats = await connect({ servers: stack.natsUrl });
try {
  await database.query(
    `INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data)
     SELECT gen_random_uuid(), 'default', md5('i' || n % $2)::uuid, 'scm', 'in_memory', 'health_changed', 1,
            '{"from":"healthy","to":"unhealthy","reasonCode":"timeout","latencyMs":12}'
     FROM generate_series(1, $1) AS n`,
    [EVENTS, INTEGRATIONS],
  );
  const begun = performance.now();
  const manager = await jetstreamManager(nats);
  while ((await manager.streams.info('INTEGRATIONS_EVT')).state.messages < EVENTS) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const relayed = EVENTS / ((performance.now() - begun) / 1_000);
  const bare = await bareEventsPerSecond();
  console.table({
    relay: { 'events/s': Math.round(relayed) },
    'bare pipelined publish': { 'events/s': Math.round(bare) },
  });
  console.log(
    `${EVENTS} events of ${INTEGRATIONS} integrations; relay beside bare publish: ${(relayed / bare).toFixed(2)}`,
  );
} finally {
  await Promise.all([nats.close(), database.end()]);
  await stack.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function bareEventsPerSecond(): Promise<number> {
  const js = jetstream(nats);
  const body = 'x'.repeat(300);
  const begun = performance.now();
  for (let sent = 0; sent < EVENTS; sent += IN_FLIGHT) {
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, (_, index) =>
        js.publish('integrations.v1.sys.bench', body, { msgID: `${sent + index}` }),
      ),
    );
  }
  return EVENTS / ((performance.now() - begun) / 1_000);
}
