import type { FastifyRequest } from 'fastify';
import { sessionTokenOf } from './session-cookie';

/**
 * The token of a request: from its `Authorization` header, else from the console's cookie. The scheme may be in any
 * case and followed by several blanks. Empty if the header holds no token; null without header and cookie.
 */
export function sentTokenOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  if (authorization) return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  return sessionTokenOf(request);
}
