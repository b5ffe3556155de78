import { socketPathOf } from '@integrations/contracts';

/** HTTP names a host always: the origin that stands for whoever listens at a unix socket. */
export const SOCKET_ORIGIN = 'http://localhost';

/** What the URLs of calls to an endpoint begin with: itself, unless it is a unix socket. */
export function baseUrlOf(endpoint: string): string {
  return socketPathOf(endpoint) === null ? endpoint : SOCKET_ORIGIN;
}

/** Why an endpoint may not be called; null if that is no socket, or one of those that the operator named. */
export function socketRefusal(endpoint: string, allowed: readonly string[]): string | null {
  const path = socketPathOf(endpoint);
  if (path === null || allowed.includes(path)) return null;
  return `The socket ${path} is none of those that integrations may name here (EGRESS_UNIX_SOCKETS)`;
}
