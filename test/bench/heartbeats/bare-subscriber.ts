// The baseline: subscribes to heartbeats and parses their JSON, nothing else. Prints a line when it listens, then every
// second how many it has parsed so far.
// Usage: node bare-subscriber.ts NATS_URL
import { connect } from '@nats-io/transport-node';

let parsed = 0;
const nats = await connect({ servers: process.argv[2] ?? '' });
nats.subscribe('integrations.v1.agent.*.*.heartbeat', {
  callback: (_, message) => {
    if (message.json<{ intervalSeconds: number }>().intervalSeconds > 0) parsed += 1;
  },
});
await nats.flush();
console.log(0);
setInterval(() => console.log(parsed), 1_000);
