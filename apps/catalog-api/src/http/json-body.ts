import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusal';

const JSON_TYPE = 'application/json';
const MERGE_PATCH_TYPE = 'application/merge-patch+json';

export const BODY_TYPES = [JSON_TYPE, MERGE_PATCH_TYPE];

/** Refuses a body that is not announced as JSON, before it is read. */
export function refuseOtherMediaTypes(request: FastifyRequest): void {
  if (request.is404 || !hasBody(request)) return;
  const allowed = request.method === 'PATCH' ? BODY_TYPES : [JSON_TYPE];
  const [given = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  if (allowed.includes(given.trim().toLowerCase())) return;
  const message = `the body must be sent as ${allowed.join(' or ')}`;
  throw new Refusal('invalid_request', message, [{ field: 'headers.content-type', message }], { status: 415 });
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

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function whereOf(error: unknown): string {
  const position = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : `; it breaks at character ${position}`;
}
