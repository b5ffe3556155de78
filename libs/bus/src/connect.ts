import { connect, errors, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { BusError, reasonOf } from './bus-error';
import { credentialsFrom } from './credentials';
import { checkTlsFiles, type TlsFiles } from './tls-files';

export interface BusServers {
  /** `nats://host:port` or `tls://host:port`, several separated by commas; may carry `user:password@` or `token@`. */
  readonly servers: string;
  /** The name of this client in the server's monitoring. */
  readonly name: string;
  /** A NATS credentials file, or a file with the seed of an NKey. Replaces the credentials in the URL. */
  readonly credentialsFile?: string | undefined;
  /** With any of these files, every connection must use TLS. */
  readonly tls?: TlsFiles | undefined;
}

/** A server that verifies clients drops a connection without a certificate; the client library hides the reason. */
const VERIFY_HINT = ' (where the server verifies its clients, NATS_CERT_FILE and NATS_KEY_FILE are needed)';
/** The client library hides the error of a server that drops a new connection, and waits for the timeout. */
const REFUSAL_HINT = ' (a server that refuses connections, for example because it has too many, says so in its log)';

interface ServersOptions extends NodeConnectionOptions {
  servers: string[];
}

/**
 * Throws ConfigError for an unusable credentials or TLS file. Rejects with `provider_unavailable` if no server can be
 * reached, naming the servers without their credentials.
 */
export async function connectToNats(servers: BusServers): Promise<NatsConnection> {
  if (servers.tls) checkTlsFiles(servers.tls);
  const options = connectOptions(servers);
  try {
    const nats = await connect(options);
    // The client library forgets servers that are down when it first connects, and would never try them again.
    const discovered = nats.getServers().filter(({ gossiped }) => gossiped);
    nats.setServers([...options.servers, ...discovered.map(({ listen }) => listen)]);
    return nats;
  } catch (error) {
    const hint = options.tls && !servers.tls?.certFile ? VERIFY_HINT : REFUSAL_HINT;
    const message = `cannot connect to NATS at ${options.servers.join()}: ${reasonOf(error)}${isTimeout(error) ? hint : ''}`;
    throw new BusError('provider_unavailable', message, { cause: error });
  }
}

/** The options of all our connections: they reconnect for ever and notice a dead or frozen server within 15 s. */
export function connectOptions({ servers, name, credentialsFile, tls }: BusServers): ServersOptions {
  const urls = servers.split(',').map((server) => toUrl(server.trim()));
  return {
    name,
    inboxPrefix: inboxPrefixOf({ name }),
    servers: urls.map((url) => url.host),
    ...(credentialsFile === undefined ? credentials(urls) : { authenticator: credentialsFrom(credentialsFile) }),
    ...(tls || urls.some((url) => url.protocol === 'tls:') ? { tls: { ...tls } } : {}),
    timeout: 5_000,
    maxReconnectAttempts: -1,
    // A credential under rotation is refused for a while. Giving up for good would require a manual restart.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    // The client library may first try the server that it has just lost, and a frozen one costs it the whole timeout.
    reconnectToServer: (candidates) => candidates.toSorted((a, b) => a.lastConnect - b.lastConnect)[0] ?? null,
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}

/** A separate inbox per client, so that NATS permissions can keep others from reading its replies. */
export function inboxPrefixOf({ name }: Pick<BusServers, 'name'>): string {
  return `_INBOX.${name}`;
}

function isTimeout(error: unknown): boolean {
  return error instanceof errors.TimeoutError;
}

// The client library ignores credentials in URLs and mistakes the digits of a password for the port.
function credentials(urls: readonly URL[]): Pick<NodeConnectionOptions, 'user' | 'pass' | 'token'> {
  const url = urls.find((candidate) => candidate.username !== '');
  if (!url) return {};
  const user = decodeURIComponent(url.username);
  return url.password === '' ? { token: user } : { user, pass: decodeURIComponent(url.password) };
}

function toUrl(server: string): URL {
  const url = URL.parse(server.includes('://') ? server : `nats://${server}`);
  const known = url && (url.protocol === 'nats:' || url.protocol === 'tls:') && url.hostname !== '';
  if (!known) throw new TypeError('a NATS server must be given as nats://host:port or tls://host:port');
  return url;
}
