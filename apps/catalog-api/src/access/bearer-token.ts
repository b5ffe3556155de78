import type { FastifyRequest } from 'fastify';

/** The token of an `Authorization` header, however that writes its scheme and the blanks after it; null if it holds none. */
export function bearerTokenOf({ headers }: FastifyRequest): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
