import type { FastifyRequest } from 'fastify';

/** What the console says of itself with each request. Pages of other origins cannot: CORS would have to allow it. */
export const CONSOLE_HEADER = 'x-requested-with';
export const CONSOLE = 'integrations-console';

// A cookie of that prefix is taken over TLS only and from this host alone, so that no neighbouring host can plant one.
const SECURE_NAME = '__Host-integrations';
const PLAIN_NAME = 'integrations';
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';

/** The longest token that a cookie holds: browsers drop one of more than 4096 bytes, name and attributes included. */
export const LONGEST_TOKEN = 4_000;

export function isFromConsole({ headers }: FastifyRequest): boolean {
  return headers[CONSOLE_HEADER] === CONSOLE;
}

/** The token of the cookie, which counts for nothing without the console's header. */
export function sessionTokenOf(request: FastifyRequest): string | null {
  if (!isFromConsole(request)) return null;
  const start = `${nameOn(request)}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length) || null;
}

/** The `Set-Cookie` with which a session begins. It ends with the browser; the token decides what it is good for until then. */
export function sessionCookie(request: FastifyRequest, token: string): string {
  return isSecure(request) ? `${SECURE_NAME}=${token}; ${ATTRIBUTES}; Secure` : `${PLAIN_NAME}=${token}; ${ATTRIBUTES}`;
}

/** Each `Set-Cookie` that ends a session, however it was begun. */
export const ENDED_SESSION: readonly string[] = [
  `${SECURE_NAME}=; ${ATTRIBUTES}; Secure; Max-Age=0`,
  `${PLAIN_NAME}=; ${ATTRIBUTES}; Max-Age=0`,
];

function nameOn(request: FastifyRequest): string {
  return isSecure(request) ? SECURE_NAME : PLAIN_NAME;
}

/** As the browser sees it: a trusted proxy says so for what arrives here without TLS. */
function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}
