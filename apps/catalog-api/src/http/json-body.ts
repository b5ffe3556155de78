import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusal';

const JSON_TYPE = 'application/json';
const MERGE_PATCH_TYPE = 'application/merge-patch+json';

export const BODY_TYPES = [JSON_TYPE, MERGE_PATCH_TYPE];

/** Refuses a body that is not announced as JSON, or as compressed, before it is read. Without a body nothing is announced. */
export function refuseOtherMediaTypes(request: FastifyRequest): void {
  if (request.is404) return;
  if (!hasBody(request)) return forgetMediaType(request);
  const allowed = request.method === 'PATCH' ? BODY_TYPES : [JSON_TYPE];
  const [given = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  if (!allowed.includes(given.trim().toLowerCase())) {
    throw unsupported('headers.content-type', `the body must be sent as ${allowed.join(' or ')}`);
  }
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding.trim().toLowerCase() === 'identity') return;
  throw unsupported('headers.content-encoding', 'the body must be sent as it is, not compressed');
}

/**
 * An absent body is undefined. Says where the JSON breaks and never quotes it: it may hold what must not be shown.
 * Keys such as `__proto__` become plain properties here, which the validation of every request refuses by name.
 */
export function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new Refusal('invalid_request', `the body must be valid JSON in UTF-8${whereOf(error)}`);
  }
}

function unsupported(field: string, message: string): Refusal {
  return new Refusal('invalid_request', message, [{ field, message }], { status: 415 });
}

/** What `curl -d ''` and `fetch` with an empty text say of nothing. Fastify would look for a parser of that type. */
function forgetMediaType({ raw }: FastifyRequest): void {
  delete raw.headers['content-type'];
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function whereOf(error: unknown): string {
  const position = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : `; it breaks at character ${position}`;
}
