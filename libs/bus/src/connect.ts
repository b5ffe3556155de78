import { connect, errors, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { BusError, reasonOf } from './bus-error';
import { credentialsFrom } from './credentials';
import { checkTlsFiles, type TlsFiles } from './tls-files';

export interface BusServers {
  /** `nats://host:port` or `tls://host:port`, several separated by commas; may carry `user:password@` or `token@`. */
  readonly servers: string;
  /** The name of this client in the server's monitoring. */
  readonly name: string;
  /** A credentials file or the seed of an NKey. It takes the place of what is in the URL. */
  readonly credentialsFile?: string | undefined;
  /** With any of them no connection is made without TLS. */
  readonly tls?: TlsFiles | undefined;
}

/** Such a server ends the connection of who shows nothing without a word that the client library would pass on. */
const MAYBE_VERIFIES = ' (where the server verifies its clients, NATS_CERT_FILE and NATS_KEY_FILE are needed)';
/** The client library keeps to itself what a server says that ends a connection at its beginning, and waits on. */
const MAYBE_REFUSES = ' (a server that refuses connections, as when it has too many, says so in its log)';

interface ServersOptions extends NodeConnectionOptions {
  servers: string[];
}

/** Throws ConfigError for a file of credentials or of TLS that cannot be used. Rejects with `provider_unavailable`, naming the servers without their credentials, if none can be reached. */
export async function connectToNats(servers: BusServers): Promise<NatsConnection> {
  if (servers.tls) checkTlsFiles(servers.tls);
  const options = connectOptions(servers);
  try {
    const nats = await connect(options);
    // The client library forgets those that are away when it first connects, and would look for none of them again.
    const told = nats.getServers().filter(({ gossiped }) => gossiped);
    nats.setServers([...options.servers, ...told.map(({ listen }) => listen)]);
    return nats;
  } catch (error) {
    const hint = options.tls && !servers.tls?.certFile ? MAYBE_VERIFIES : MAYBE_REFUSES;
    const message = `cannot connect to NATS at ${options.servers.join()}: ${reasonOf(error)}${isTimeout(error) ? hint : ''}`;
    throw new BusError('provider_unavailable', message, { cause: error });
  }
}

/** How every connection of ours behaves: it reconnects for ever and notices a dead peer within half a minute. */
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
    // A credential that is being rotated is refused for a while; giving up for ever would need a restart by hand.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}

/** An inbox of one's own, so that NATS permissions can keep others from reading the replies. */
export function inboxPrefixOf({ name }: Pick<BusServers, 'name'>): string {
  return `_INBOX.${name}`;
}

function isTimeout(error: unknown): boolean {
  return error instanceof errors.TimeoutError;
}

// The client library ignores credentials in URLs and takes digits of a password for the port.
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
