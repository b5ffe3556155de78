import { socketPathOf } from '@integrations/contracts';

/** The origin in URLs of calls over a unix socket, since an HTTP request must name a host. */
export const SOCKET_ORIGIN = 'http://localhost';

/** The beginning of the URLs of calls to an endpoint: the endpoint itself, unless it is a unix socket. */
export function baseUrlOf(endpoint: string): string {
  return socketPathOf(endpoint) === null ? endpoint : SOCKET_ORIGIN;
}

/** The reason why a unix-socket endpoint may not be called. Null if the operator allowed it, or it is not a socket. */
export function socketRefusal(endpoint: string, allowed: readonly string[]): string | null {
  const path = socketPathOf(endpoint);
  if (path === null || allowed.includes(path)) return null;
  return `The socket ${path} is not allowed for integrations (EGRESS_UNIX_SOCKETS)`;
}
