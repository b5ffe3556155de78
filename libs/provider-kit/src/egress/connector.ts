import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Carrier, Progress, Target } from './connection';
import type { ConnectionFacts } from './egress';
import { addressBlocked, type NameResolution } from './name-resolution';
import { openDirect } from './open-direct';
import { openSocket } from './open-socket';
import { openTunnel, type Proxy, timedOut } from './open-tunnel';
import { tlsFacts } from './tls';
import { connectError, isTlsAlert, type TransportStage } from './transport-errors';

export interface ConnectorOptions extends NameResolution {
  /** Milliseconds for DNS, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  readonly secureContext: SecureContext;
  readonly clientCertificate: ConnectionFacts['clientCertificate'];
  readonly proxy: Proxy | undefined;
  /** The unix socket to connect to, whatever the target's host is. */
  readonly socketPath: string | undefined;
}

export type ConnectCallback = (...args: [null, Socket] | [Error, null]) => void;

/** Returns the socket at once, so that an attempt for which nobody waits any more can be destroyed. */
export type Connector = (
  to: { readonly hostname: string; readonly port: string; readonly protocol: string },
  carrier: Carrier,
  callback: ConnectCallback,
) => Socket | undefined;

/** Connects only to addresses that the policy has judged. No name is resolved between judging and connecting. */
export function createConnector(options: ConnectorOptions): Connector {
  return ({ hostname, port, protocol }, carrier, callback) => {
    const secure = protocol === 'https:';
    const target: Target = { hostname, port: Number(port || (secure ? 443 : 80)), secure };
    const { clientCertificate, socketPath } = options;
    const isLiteral = isIP(hostname) !== 0;
    const peer = socketPath ?? hostname;
    const lapMs = stopwatch();
    const learn = (stage: TransportStage, facts: Partial<ConnectionFacts>) => {
      carrier.stage = stage;
      carrier.facts = { ...carrier.facts, ...facts };
    };
    carrier.stage = isLiteral || socketPath !== undefined ? 'tcp' : 'dns';
    carrier.facts = { fresh: true, ...(secure && clientCertificate ? { clientCertificate } : {}) };
    carrier.alert = undefined;
    const proxy = socketPath === undefined && options.proxy?.serves(hostname) ? options.proxy : undefined;
    carrier.proxy = proxy?.host;

    const verdict = isLiteral ? options.policy.judge(hostname) : undefined;
    if (verdict && !verdict.allowed) {
      queueMicrotask(() => callback(addressBlocked(hostname, verdict.why), null));
      return undefined;
    }

    let settled = false;
    const settle = (...result: Parameters<ConnectCallback>) => {
      clearTimeout(timer);
      if (settled) return;
      settled = true;
      carrier.connecting = undefined;
      callback(...result);
    };
    const progress: Progress = {
      resolved: () => learn('tcp', { dnsMs: lapMs() }),
      connected: () => {
        carrier.proxy = undefined;
        learn(secure ? 'tls' : 'http', { tcpMs: lapMs() });
      },
      ready: (socket) => {
        if (secure) learn('http', { tlsMs: lapMs(), ...tlsFacts(socket) });
        settle(null, socket);
      },
      failed: (error) => {
        if (settled && isTlsAlert(error)) carrier.alert = error;
        settle(connectError(error, carrier.stage, peer), null);
      },
    };
    const socket = open(target, options, proxy, progress);
    carrier.connecting = socket;
    const timer = setTimeout(() => {
      const message = `No connection to ${peer} within ${options.connectTimeoutMs} ms`;
      socket.destroy(timedOut(message, carrier));
    }, options.connectTimeoutMs);
    socket.once('close', () => clearTimeout(timer));
    return socket;
  };
}

function open(target: Target, options: ConnectorOptions, proxy: Proxy | undefined, progress: Progress): Socket {
  const { socketPath } = options;
  if (socketPath !== undefined) return openSocket(socketPath, progress);
  if (proxy) return openTunnel(proxy, target, options, progress);
  return openDirect(target, options, progress);
}

/** Each call of the returned function gives the milliseconds since the previous one, rounded to a tenth. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const ms = Math.round((now - last) * 10) / 10;
    last = now;
    return ms;
  };
}
