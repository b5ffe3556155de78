// A Scanner as other teams write one: a plain NATS client in its own process that knows nothing of Nest or of our code.
// Usage: node scanner.mjs NATS_URL < requests, one JSON per line: {"subject": …, "request": …, "traceparent": …}. Prints a reply a line.
import { createInterface } from 'node:readline';
import { connect, headers } from '@nats-io/transport-node';

const nats = await connect({ servers: process.argv[2], name: 'scanner' });
for await (const line of createInterface({ input: process.stdin })) {
  const { subject, request, traceparent } = JSON.parse(line);
  const sent = headers();
  if (traceparent) sent.set('traceparent', traceparent);
  const reply = await nats.request(subject, JSON.stringify(request), { timeout: 30_000, headers: sent });
  console.log(reply.string());
}
await nats.drain();
