import type { FastifyRequest } from 'fastify';
import { HostCookie } from './host-cookie';

/** The console sends this header with each request. Pages of other origins cannot send it unless CORS allows it. */
export const CONSOLE_HEADER = 'x-requested-with';
export const CONSOLE = 'integrations-console';

const COOKIE = new HostCookie('integrations', 'Strict');

/** The longest token that fits a cookie. Browsers drop cookies over 4096 bytes, including name and attributes. */
export const LONGEST_TOKEN = 4_000;

export function isFromConsole({ headers }: FastifyRequest): boolean {
  return headers[CONSOLE_HEADER] === CONSOLE;
}

/** The token of the cookie. The cookie is ignored without the console's header. */
export function sessionTokenOf(request: FastifyRequest): string | null {
  return isFromConsole(request) ? COOKIE.read(request) : null;
}

/**
 * The `Set-Cookie` that starts a session. It lasts `maxAgeS` seconds, or else until the browser closes. The token may
 * expire earlier.
 */
export function sessionCookie(request: FastifyRequest, token: string, maxAgeS?: number): string {
  return COOKIE.begun(request, token, maxAgeS);
}

/** The `Set-Cookie` headers that end a session, whichever way it was started. */
export const ENDED_SESSION: readonly string[] = COOKIE.ended();
