import { isIP, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { ProviderError } from '../provider-error';
import type { Carrier, Progress, Target } from './connection';
import { judgedAddresses, type NameResolution } from './name-resolution';
import { tlsOptions } from './tls';
import { connectError } from './transport-errors';

const MAX_HEAD_BYTES = 16_384;
/** A network that needs a proxy often has no DNS for the outside: a look-up is then not refused, but unanswered for ten seconds. */
const LOOKUP_MS = 1_000;

/** The code of the cause when the proxy cannot be reached or opens no tunnel. It says nothing about the target's port. */
export const PROXY_FAILED = 'PROXY_FAILED';

export interface ProxyOptions {
  /** `http://[user:password@]host:port`. The address policy does not apply to the proxy, which the operator chose. */
  readonly url: string;
  /** `user:password`; replaces those in the URL. */
  readonly credential?: string | undefined;
  /** Hosts that are reached directly: addresses, and names including all their subdomains. */
  readonly except?: readonly string[];
}

/** An HTTP proxy that opens tunnels with CONNECT, for http and https targets alike. */
export class Proxy {
  /** Identifies the proxy, without its credential. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly #authorization: string;
  readonly #except: readonly string[];

  /** Throws an Error, whose message contains no credential, if the URL is malformed. */
  constructor({ url, credential, except = [] }: ProxyOptions) {
    const parsed = URL.parse(url);
    if (parsed?.protocol !== 'http:') throw new Error('egress proxy: the URL must have the form http://host:port');
    this.origin = parsed.origin;
    this.host = parsed.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(parsed.port || 80);
    const user = credential ?? userOf(parsed);
    const basic = Buffer.from(user).toString('base64');
    this.#authorization = user ? `Proxy-Authorization: Basic ${basic}\r\n` : '';
    this.#except = except.map(exceptedHost);
  }

  serves(hostname: string): boolean {
    return !this.#except.some((host) => hostname === host || hostname.endsWith(`.${host}`));
  }

  head({ hostname, port }: Target): string {
    const authority = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
    return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${this.#authorization}\r\n`;
  }
}

/** The host as URLs write it, which shorten addresses. */
function exceptedHost(text: string): string {
  const host = text.trim().toLowerCase();
  if (isIP(host) === 6) return new URL(`http://[${host}]`).hostname.slice(1, -1);
  return host.replace(/^\*?\./, '');
}

function userOf({ username, password }: URL): string {
  return username && `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
}

/**
 * Connects to the target through the proxy. If the name resolves here, the policy judges its addresses here; but the
 * proxy resolves the name again, so it must enforce the same policy. A name that only the proxy can resolve, or that takes
 * long to resolve here, is left to the proxy.
 */
export function openTunnel(
  proxy: Proxy,
  target: Target,
  options: NameResolution & { readonly secureContext: SecureContext },
  progress: Progress,
): Socket {
  const socket = new Socket();
  let failed = (error: Error) => progress.failed(notReached(proxy, error));
  socket.on('error', (error) => failed(error));
  socket.once('connect', () => socket.write(proxy.head(target)));
  onTunnel(socket, proxy, () => {
    failed = progress.failed;
    progress.connected(); // not earlier: until now a failure is the proxy's, not one of the target's TLS
    if (!target.secure) return progress.ready(socket);
    const secured = connectTls({ socket, ...tlsOptions(target.hostname, options.secureContext) });
    secured.once('secureConnect', () => progress.ready(secured));
    secured.on('error', progress.failed);
  });
  judge(target.hostname, options).then(
    () => {
      progress.resolved();
      const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
      if (!socket.destroyed) socket.connect({ host: proxy.host, port: proxy.port, ...socketOptions });
    },
    (error: Error) => socket.destroy(error),
  );
  return socket;
}

async function judge(hostname: string, names: NameResolution): Promise<void> {
  if (isIP(hostname) !== 0) return; // the connector has judged it
  const judged = judgedAddresses(hostname, names).catch((error: unknown) => {
    if (!(error instanceof ProviderError) || error.code === 'egress_blocked') throw error;
  });
  await Promise.race([judged, sleep(LOOKUP_MS, undefined, { ref: false })]);
}

/**
 * Calls `established` when the proxy answers CONNECT with success. Destroys the socket if the proxy answers anything
 * else or hangs up: a socket reports no error for a hang-up, and undici would wait for the connection for ever.
 */
function onTunnel(socket: Socket, proxy: Proxy, established: () => void): void {
  let head = Buffer.alloc(0);
  const fail = (what: string) => {
    socket.destroy(proxyFailed(`The proxy ${proxy.host} did not open a tunnel (it ${what})`));
  };
  const onEnd = () => fail('hung up');
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length < MAX_HEAD_BYTES) return;
    socket.off('data', onData);
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1];
    if (end < 0 || !status?.startsWith('2')) return fail(`answered ${status ?? 'no HTTP'}`);
    socket.off('end', onEnd);
    socket.pause();
    if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
    established();
  };
  socket.on('data', onData);
  socket.once('end', onEnd);
}

function notReached({ host }: Proxy, error: Error): ProviderError {
  const reason = connectError(error, 'tcp', `the proxy ${host}`);
  return reason === error || reason.code === 'internal' ? reason : proxyFailed(reason.message);
}

/** The error for a call or connection that took too long. Until its tunnel is open, all that is known is the proxy. */
export function timedOut(message: string, { stage, proxy }: Pick<Carrier, 'stage' | 'proxy'>, cause?: unknown) {
  if (proxy === undefined || stage !== 'tcp') return new ProviderError('timeout', message, { cause, stage });
  const whose = `${message}: the proxy ${proxy} did not open a tunnel`;
  return new ProviderError('timeout', whose, { cause: { code: PROXY_FAILED, cause }, stage });
}

function proxyFailed(message: string): ProviderError {
  return new ProviderError('network', message, { cause: { code: PROXY_FAILED }, stage: 'tcp' });
}
