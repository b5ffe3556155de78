import type { FastifyRequest } from 'fastify';
import { HostCookie } from './host-cookie';

/** What the console says of itself with each request. Pages of other origins cannot: CORS would have to allow it. */
export const CONSOLE_HEADER = 'x-requested-with';
export const CONSOLE = 'integrations-console';

const COOKIE = new HostCookie('integrations', 'Strict');

/** The longest token that a cookie holds: browsers drop one of more than 4096 bytes, name and attributes included. */
export const LONGEST_TOKEN = 4_000;

export function isFromConsole({ headers }: FastifyRequest): boolean {
  return headers[CONSOLE_HEADER] === CONSOLE;
}

/** The token of the cookie, which counts for nothing without the console's header. */
export function sessionTokenOf(request: FastifyRequest): string | null {
  return isFromConsole(request) ? COOKIE.read(request) : null;
}

/**
 * The `Set-Cookie` with which a session begins. It ends after `maxAgeS` seconds, or else with the browser; the token decides
 * what it is good for until then.
 */
export function sessionCookie(request: FastifyRequest, token: string, maxAgeS?: number): string {
  return COOKIE.begun(request, token, maxAgeS);
}

/** Each `Set-Cookie` that ends a session, however it was begun. */
export const ENDED_SESSION: readonly string[] = COOKIE.ended();
