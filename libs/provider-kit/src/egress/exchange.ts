import { setImmediate } from 'node:timers/promises';
import type { Agent, Dispatcher } from 'undici';
import type { CallGuard } from './call-guard';
import type { Journey, JourneyOptions } from './carrier-agent';
import type { Carrier } from './connection';
import { decodeBody } from './content-encoding';
import type { ConnectionFacts, EgressResponse } from './egress';
import { callError } from './transport-errors';

export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** One request and its whole response. Throws ProviderError. */
export async function exchange(
  agent: Agent,
  call: Call,
  guard: CallGuard,
  maxResponseBytes: number,
): Promise<EgressResponse> {
  const journey: Journey = {};
  const options: JourneyOptions = {
    origin: call.url.origin,
    path: call.url.pathname + call.url.search,
    method: call.method as Dispatcher.HttpMethod,
    headers: call.headers,
    body: call.body ?? null,
    signal: guard.signal,
    journey,
  };
  try {
    const response = await agent.request(options);
    const connection = journey.carrier ? takeFacts(journey.carrier) : { fresh: false };
    const raw = await collect(response.body, guard, maxResponseBytes);
    // undici frees a connection one turn of the event loop after its response; a caller's next call finds it so.
    await setImmediate();
    const headers = flatten(response.headers);
    const body = await decodeBody(raw, headers, maxResponseBytes, call.url.host);
    return { status: response.statusCode, headers, body, connection, text: () => body.toString('utf8') };
  } catch (error) {
    const { carrier } = journey;
    const failure = guard.error(carrier?.stage) ?? callError(carrier?.alert ?? error, call.url.host);
    if (carrier) failure.connection ??= takeFacts(carrier);
    throw failure;
  }
}

function collect(
  body: Dispatcher.ResponseData['body'],
  guard: CallGuard,
  maxResponseBytes: number,
): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxResponseBytes) return void chunks.push(chunk);
      guard.end('too_large', `${guard.host} answered with more than ${maxResponseBytes} bytes`);
    });
    body.once('end', () => resolve(Buffer.concat(chunks, length)));
    body.once('error', reject);
  });
}

/** Timings belong to the first call on a connection; its certificate to all. */
function takeFacts(carrier: Carrier): ConnectionFacts {
  const { facts } = carrier;
  if (facts.fresh) carrier.facts = { fresh: false, ...(facts.tls ? { tls: facts.tls } : {}) };
  return facts;
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
