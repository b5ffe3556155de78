import { ProviderError } from '../provider-error';
import type { Egress, EgressRequest, EgressResponse } from './egress';

const NULL_BODY_STATUSES = [204, 205, 304];

/**
 * Makes an Egress from a `request` function. Its `fetch` calls the same function, rejects with the ProviderError
 * itself, and ignores options such as `redirect`.
 */
export function egressOver(request: Egress['request']): Egress {
  return new EgressOver(request);
}

/** Creates its `fetch` only when asked for: few callers use it, and each probe makes three of these objects. */
class EgressOver implements Egress {
  constructor(readonly request: Egress['request']) {}

  get fetch(): typeof fetch {
    return fetchOver(this.request);
  }
}

function fetchOver(request: Egress['request']): typeof fetch {
  return async (input, init) => {
    const call = await toEgressRequest(input, init ?? {});
    return toResponse(call.url, await request(call));
  };
}

async function toEgressRequest(input: string | URL | Request, init: RequestInit): Promise<EgressRequest> {
  const base = input instanceof Request ? input : undefined;
  const headers = Object.fromEntries(headerEntries(init.headers ?? base?.headers));
  const body = init.body === undefined && base?.body ? await base.arrayBuffer() : init.body;
  const bytes = await toBytes(body, headers);
  return {
    method: (init.method ?? base?.method ?? 'GET').toUpperCase(),
    url: input instanceof Request ? input.url : String(input),
    headers,
    ...(bytes === undefined ? {} : { body: bytes }),
    signal: init.signal ?? base?.signal ?? new AbortController().signal,
  };
}

// Not `new Headers(…)`: its TypeError quotes the value of a bad header, which may be the credential.
function headerEntries(headers: RequestInit['headers']): [string, string][] {
  if (!headers) return [];
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return entries.map(([name, value]) => [String(name).toLowerCase(), String(value)]);
}

async function toBytes(
  body: RequestInit['body'],
  headers: Record<string, string>,
): Promise<string | Uint8Array | undefined> {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string') {
    headers['content-type'] ??= 'text/plain;charset=UTF-8';
    return body;
  }
  if (body instanceof Uint8Array) return body;
  const packed = new Response(body); // forms, blobs and streams, the way fetch itself packs them
  const type = packed.headers.get('content-type');
  if (type) headers['content-type'] ??= type;
  return new Uint8Array(await packed.arrayBuffer());
}

function toResponse(url: string, answer: EgressResponse): Response {
  if (answer.status < 200 || answer.status > 599) {
    throw new ProviderError('network', `${answer.status} is not an HTTP status`, { stage: 'http' });
  }
  const body = NULL_BODY_STATUSES.includes(answer.status) ? null : (answer.body as Uint8Array<ArrayBuffer>);
  const response = new Response(body, { status: answer.status });
  for (const [name, value] of Object.entries(answer.headers)) setHeader(response.headers, name, value);
  Object.defineProperty(response, 'url', { value: url });
  return response;
}

/** Drops a header that `Headers` cannot hold, rather than failing the call. */
function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    return;
  }
}
