import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusal';

const JSON_TYPE = 'application/json';
const MERGE_PATCH_TYPE = 'application/merge-patch+json';

export const BODY_TYPES = [JSON_TYPE, MERGE_PATCH_TYPE];

/** Refuses a body before it is read if its Content-Type is not JSON or it is compressed. Requests without body pass. */
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
  throw unsupported('headers.content-encoding', 'the body must not be compressed');
}

/**
 * Parses the body; undefined if it is empty. The error gives the position of a syntax error but never quotes the body,
 * which may hold a secret. Keys such as `__proto__` become plain properties here; validation refuses them by name.
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

/** `curl -d ''` and `fetch` with an empty text send a Content-Type without body. Fastify would look for its parser. */
function forgetMediaType({ raw }: FastifyRequest): void {
  delete raw.headers['content-type'];
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function whereOf(error: unknown): string {
  const position = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : `; it is invalid at character ${position}`;
}
