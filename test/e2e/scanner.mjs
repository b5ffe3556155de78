// A Scanner as other teams write them: a plain NATS client in a process of its own that knows nothing of Nest or of us.
// Usage: node scanner.mjs NATS_URL < requests, a JSON line each: {"subject": …, "request": …}. Prints a reply per line.
import { createInterface } from 'node:readline';
import { connect } from '@nats-io/transport-node';

const nats = await connect({ servers: process.argv[2], name: 'scanner' });
for await (const line of createInterface({ input: process.stdin })) {
  const { subject, request } = JSON.parse(line);
  const reply = await nats.request(subject, JSON.stringify(request), { timeout: 30_000 });
  console.log(reply.string());
}
await nats.drain();
