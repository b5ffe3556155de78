import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { ProviderError } from '../provider-error';
import type { AddressPolicy } from './address-policy';
import type { ConnectionFacts } from './egress';
import { connectError, isTlsAlert, type TransportStage } from './transport-errors';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Turns a host name into addresses, as `dns.lookup` with `all` does. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** The one connection of an undici client: how far it is, and what was learned once it stood. */
export interface Carrier {
  stage: TransportStage;
  facts: ConnectionFacts;
  /** The server's last word; undici reports only that the connection closed. */
  alert: Error | undefined;
}

export interface Target {
  readonly hostname: string;
  readonly port: string;
  readonly protocol: string;
}

export type ConnectCallback = (...args: [null, Socket] | [Error, null]) => void;

/** Returns the socket at once, so that an attempt nobody waits for any more can be destroyed. */
export type Connector = (target: Target, carrier: Carrier, callback: ConnectCallback) => Socket | undefined;

export interface ConnectorOptions {
  readonly policy: AddressPolicy;
  readonly resolve: Resolver;
  /** Milliseconds for name, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  readonly secureContext: SecureContext;
}

/** Connects only to addresses that the policy has judged: between the judgement and the connection no name is resolved. */
export function createConnector(options: ConnectorOptions): Connector {
  return (target, carrier, callback) => {
    const { hostname } = target;
    const secure = target.protocol === 'https:';
    const isLiteral = isIP(hostname) !== 0;
    const lap = stopwatch();
    carrier.stage = isLiteral ? 'tcp' : 'dns';
    carrier.alert = undefined;
    carrier.facts = { fresh: true };
    const learn = (facts: Partial<ConnectionFacts>) => (carrier.facts = { ...carrier.facts, ...facts });

    const verdict = isLiteral ? options.policy.judge(hostname) : undefined;
    if (verdict && !verdict.allowed) {
      queueMicrotask(() => callback(blocked(hostname, verdict.why), null));
      return undefined;
    }

    const onResolved = () => {
      learn({ dnsMs: lap() });
      carrier.stage = 'tcp';
    };
    const address = {
      host: hostname,
      port: Number(target.port || (secure ? 443 : 80)),
      lookup: judgingLookup(options, onResolved),
      autoSelectFamily: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
    };
    const socket = secure
      ? connectTls({
          ...address,
          secureContext: options.secureContext,
          ALPNProtocols: ['http/1.1'],
          rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
        })
      : connectTcp(address);

    const timer = setTimeout(() => {
      const message = `No connection to ${hostname} within ${options.connectTimeoutMs} ms`;
      socket.destroy(new ProviderError('timeout', message, { stage: carrier.stage }));
    }, options.connectTimeoutMs);

    let settled = false;
    const settle = (...result: Parameters<ConnectCallback>) => {
      clearTimeout(timer);
      if (settled) return;
      settled = true;
      callback(...result);
    };
    const onReady = () => {
      carrier.stage = 'http';
      settle(null, socket);
    };

    socket.on('error', (error) => {
      if (settled && isTlsAlert(error)) carrier.alert = error;
      settle(connectError(error, carrier.stage, hostname), null);
    });
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      learn({ tcpMs: lap() });
      if (!secure) return onReady();
      carrier.stage = 'tls';
    });
    socket.once('secureConnect', () => {
      const tls = tlsFacts(socket as TLSSocket);
      learn({ tlsMs: lap(), ...(tls ? { tls } : {}) });
      onReady();
    });
    return socket;
  };
}

/** What a resolver answers is judged, and the socket gets nothing but the addresses that passed. */
function judgingLookup(options: ConnectorOptions, onResolved: () => void): LookupFunction {
  return (hostname, _options, callback) => {
    const answer = async () => {
      const addresses = await options.resolve(hostname);
      const verdicts = addresses.map(({ address }) => options.policy.judge(address));
      const passed = addresses.filter((_, index) => verdicts[index]?.allowed);
      if (passed.length > 0) return passed;
      const refusal = verdicts.find((verdict) => !verdict.allowed);
      if (refusal && !refusal.allowed) throw blocked(hostname, refusal.why);
      throw new ProviderError('network', `The name ${hostname} has no address`, { stage: 'dns' });
    };
    answer().then(
      (passed) => {
        onResolved();
        callback(null, [...passed]);
      },
      (error: unknown) => callback(connectError(error, 'dns', hostname), []),
    );
  };
}

function blocked(hostname: string, why: string): ProviderError {
  return new ProviderError('egress_blocked', `Connecting to ${hostname} is not allowed: ${why}`, {
    stage: 'egress_policy',
  });
}

function tlsFacts(socket: TLSSocket): { issuer: string; validTo: string } | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  return {
    issuer: certificate.issuer.replaceAll('\n', ', '),
    validTo: new Date(certificate.validTo).toISOString(),
  };
}

/** Each call tells the milliseconds since the one before, to a tenth. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const ms = Math.round((now - last) * 10) / 10;
    last = now;
    return ms;
  };
}
