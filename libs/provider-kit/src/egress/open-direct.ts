import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { Progress, Target } from './connection';
import { judgedAddresses, type NameResolution } from './name-resolution';
import { tlsOptions } from './tls';

/** Connects directly to the target. The socket only ever sees addresses that the policy allows. */
export function openDirect(
  target: Target,
  options: NameResolution & { readonly secureContext: SecureContext },
  progress: Progress,
): Socket {
  const lookup: LookupFunction = (hostname, _options, callback) => {
    judgedAddresses(hostname, options).then(
      (addresses) => {
        progress.resolved();
        callback(null, addresses);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
  const to = { host: target.hostname, port: target.port, lookup, autoSelectFamily: true };
  const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  const socket = target.secure
    ? connectTls({ ...to, ...socketOptions, ...tlsOptions(target.hostname, options.secureContext) })
    : connectTcp({ ...to, ...socketOptions });
  socket.once('connect', () => {
    progress.connected();
    if (!target.secure) progress.ready(socket);
  });
  socket.once('secureConnect', () => progress.ready(socket));
  socket.on('error', progress.failed);
  return socket;
}
