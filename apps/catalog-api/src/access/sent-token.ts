import type { FastifyRequest } from 'fastify';
import { sessionTokenOf } from './session-cookie';

/**
 * The token that a request is made with: of its `Authorization` header, however that writes its scheme and the blanks after
 * it, else of the console's cookie. Empty for a header that holds none, null without either.
 */
export function sentTokenOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  if (authorization) return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  return sessionTokenOf(request);
}
