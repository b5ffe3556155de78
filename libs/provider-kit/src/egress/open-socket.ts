import { connect, type Socket } from 'node:net';
import { ProviderError } from '../provider-error';
import type { Progress } from './connection';
import { errorCodeOf } from './transport-errors';

/** The code of the cause if the socket exists but our user may not open it. */
export const SOCKET_DENIED = 'SOCKET_DENIED';

/** Connects to a unix socket, which involves no name resolution, no address policy, no proxy and no TLS. */
export function openSocket(path: string, progress: Progress): Socket {
  const socket = connect({ path });
  socket.once('connect', () => {
    progress.connected();
    progress.ready(socket);
  });
  socket.on('error', (error) => progress.failed(explained(error, path)));
  return socket;
}

function explained(error: Error, path: string): Error {
  const code = errorCodeOf(error);
  switch (code) {
    case 'ENOENT':
      return new ProviderError('network', `There is no socket ${path} here (${code})`, { cause: error, stage: 'tcp' });
    case 'ECONNREFUSED':
      return new ProviderError('network', `Nothing listens at ${path} (${code})`, { cause: error, stage: 'tcp' });
    case 'EACCES':
    case 'EPERM':
      return new ProviderError('network', `${path} cannot be opened by the user that this process runs as (${code})`, {
        ...{ cause: { code: SOCKET_DENIED }, stage: 'tcp' },
        transient: false,
      });
    default:
      return error;
  }
}
