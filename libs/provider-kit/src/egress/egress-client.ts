import { lookup } from 'node:dns/promises';
import { socketPathOf } from '@integrations/contracts';
import type { Agent } from 'undici';
import { ProviderError } from '../provider-error';
import { AddressPolicy } from './address-policy';
import { CallGuard, type CallTimes } from './call-guard';
import { createAgent } from './carrier-agent';
import { readClientCertificate } from './client-certificate';
import { createConnector } from './connector';
import type { ConnectionFacts, Egress, EgressRequest, EgressResponse } from './egress';
import { egressOver } from './egress-fetch';
import { type Call, exchange } from './exchange';
import { type Resolver, shareLookups } from './name-resolution';
import { Proxy, type ProxyOptions } from './open-tunnel';
import { callElsewhere, MAX_REDIRECTS, redirectTarget } from './redirects';
import { type Route, routeKey } from './route';
import { secureContextOf } from './tls';
import { SOCKET_ORIGIN, socketRefusal } from './unix-sockets';

/** Agents kept, one for each route in use; the least recently used goes first. */
const MAX_AGENTS = 1_000;
/** Of the certificates that they are made of, each of which takes several times as much memory: 200 bundles as large as can be. */
const MAX_CHARACTERS = 20_000_000;

export interface EgressClientOptions {
  /** Addresses or CIDR ranges that may be reached among the loopback, private and carrier-grade NAT ranges. */
  readonly policy: { readonly allow: readonly string[] };
  readonly userAgent: string;
  /** Milliseconds for DNS, TCP and TLS together. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from the request to the headers of its response. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds for the whole call, redirects included. */
  readonly totalTimeoutMs?: number;
  readonly maxResponseBytes?: number;
  /** The way out of a network without one of its own. */
  readonly proxy?: ProxyOptions;
  /** The proxies that a binding may name instead, `http://host:port`. Which networks they lead to is for them to limit. */
  readonly namedProxies?: readonly string[];
  /** Paths of the unix sockets that a binding may name as its endpoint. */
  readonly unixSockets?: readonly string[];
  /** Replaces the system's name resolution. */
  readonly resolve?: Resolver;
}

export interface EgressBinding extends Omit<Route, 'socketPath' | 'isPublic'> {
  /**
   * The base URL of the integration, only whose origin may be called; or `unix:///<path>`, which is called by the URLs that
   * `baseUrlOf` begins, and where there are no further origins, no proxy and no TLS.
   */
  readonly endpoint: string;
  /** Further ones, such as a token realm or an upload host. */
  readonly allowedOrigins?: readonly string[];
}

const PUBLIC_ONLY = new AddressPolicy([]);

interface KeptAgent {
  readonly agent: Agent;
  /** Of its certificates. */
  readonly characters: number;
}

/** What all calls of a binding have in common. */
interface Way {
  readonly origins: readonly string[];
  readonly route: Route;
  readonly key: string;
}

/**
 * The way out of the process, one for each app. Integrations share it: sockets are kept alive by origin and route.
 * Throws an Error from its constructor if the allow-list or a proxy is malformed.
 */
export class EgressClient {
  readonly #policy: AddressPolicy;
  readonly #limits: CallTimes & { readonly connectMs: number; readonly bytes: number };
  readonly #userAgent: string;
  readonly #resolve: Resolver;
  readonly #proxy: Proxy | undefined;
  /** The origin of each. */
  readonly #namedProxies: ReadonlySet<string>;
  readonly #unixSockets: readonly string[];
  readonly #agents = new Map<string, KeptAgent>();
  /** Of the certificates of all agents. */
  #characters = 0;
  /** The last of them: a Map that is always changed is always made anew. */
  #latest: { readonly key: string; readonly agent: Agent } | undefined;

  constructor(options: EgressClientOptions) {
    this.#policy = new AddressPolicy(options.policy.allow);
    this.#userAgent = options.userAgent;
    this.#resolve = shareLookups(options.resolve ?? ((hostname) => lookup(hostname, { all: true })));
    this.#proxy = options.proxy && new Proxy(options.proxy);
    this.#namedProxies = new Set(options.namedProxies?.map((url) => new Proxy({ url }).origin));
    this.#unixSockets = options.unixSockets ?? [];
    this.#limits = {
      connectMs: options.connectTimeoutMs ?? 5_000,
      headersMs: options.headersTimeoutMs ?? 15_000,
      totalMs: options.totalTimeoutMs ?? 30_000,
      bytes: options.maxResponseBytes ?? 10 * 1024 * 1024,
    };
  }

  /**
   * No I/O. Throws ProviderError `invalid_request` if an origin is not an http or https URL, `egress_blocked` for a proxy
   * or a unix socket that the operator has not named.
   */
  bind(binding: EgressBinding): Egress {
    const way = this.#wayOf(binding);
    return egressOver((call) => this.#send(call, way));
  }

  /** Calls under way finish first; each ends within its total time. */
  async close(): Promise<void> {
    await Promise.all(this.#letGo().map((agent) => agent.close()));
  }

  /** Breaks off what is under way. */
  async destroy(): Promise<void> {
    await Promise.all(this.#letGo().map((agent) => agent.destroy()));
  }

  #letGo(): Agent[] {
    const kept = [...this.#agents.values()];
    this.#agents.clear();
    this.#characters = 0;
    this.#latest = undefined;
    return kept.map(({ agent }) => agent);
  }

  #wayOf(binding: EgressBinding): Way {
    const { endpoint, allowedOrigins = [], proxy } = binding;
    const socketPath = socketPathOf(endpoint);
    if (socketPath === null) {
      if (proxy) this.#judgeProxy(proxy);
      const origins = [originOf(endpoint), ...allowedOrigins.map(originOf)];
      return { origins, route: binding, key: routeKey(binding) };
    }
    const refusal = socketRefusal(endpoint, this.#unixSockets);
    if (refusal !== null) throw blocked(refusal);
    const route = { socketPath };
    return { origins: [SOCKET_ORIGIN], route, key: routeKey(route) };
  }

  #judgeProxy({ url }: ProxyOptions): void {
    const { origin = '', host = '' } = URL.parse(url) ?? {};
    if (this.#namedProxies.has(origin)) return;
    throw blocked(`The proxy ${host} is none of those that integrations may name here`);
  }

  async #send(request: EgressRequest, way: Way): Promise<EgressResponse> {
    const call = this.#prepare(request, way);
    const guard = new CallGuard(call.peer, request.signal, this.#limits);
    const maxBytes = Math.min(this.#limits.bytes, request.maxResponseBytes ?? Infinity);
    try {
      return await this.#follow(call, way, guard, maxBytes);
    } finally {
      guard.release();
    }
  }

  async #follow(first: Call, home: Way, guard: CallGuard, maxBytes: number): Promise<EgressResponse> {
    let call = first;
    let way = home;
    let connection: ConnectionFacts | undefined;
    for (let redirects = 0; ; redirects++) {
      const ended = guard.error(undefined);
      if (ended) throw ended;
      const exchanged = exchange(this.#agentFor(way), call, guard, maxBytes);
      const response = await (connection ? exchanged.catch(notPublic(call)) : exchanged);
      const next = redirectTarget(call, response);
      if (!next) return connection ? answerFrom(call, response, connection) : response;
      if (redirects === MAX_REDIRECTS) {
        throw new ProviderError('network', `${call.peer} redirects in circles`, { stage: 'http' });
      }
      if (next.origin === call.origin) {
        call = { ...call, url: next };
        continue;
      }
      connection ??= response.connection;
      call = callElsewhere(call, next);
      way = elsewhere(home);
    }
  }

  /** Refuses what must not be sent before anything is. */
  #prepare(request: EgressRequest, { origins, route }: Way): Call {
    const url = URL.parse(request.url);
    if (!url) throw blocked('The request has no valid URL');
    if (url.username || url.password) throw blocked(`A URL of ${url.host} holds a user name or password`);
    const { origin } = url;
    if (!origins.includes(origin)) throw blocked(`${origin} is not an origin of this integration`);
    return {
      url,
      origin,
      peer: route.socketPath ?? url.host,
      method: request.method.toUpperCase(),
      headers: requestHeaders(request.headers ?? {}, this.#userAgent),
      body: request.body,
      mayLeave: request.mayLeave === true,
      beforeSending: request.beforeSending,
    };
  }

  #agentFor({ key, route }: Way): Agent {
    const latest = this.#latest;
    if (latest?.key === key) return latest.agent;
    const kept = this.#agents.get(key) ?? this.#keep(route);
    const { agent } = kept;
    this.#latest = { key, agent };
    this.#agents.delete(key);
    this.#agents.set(key, kept);
    for (const [oldest, stale] of this.#agents) {
      if (this.#agents.size <= MAX_AGENTS && this.#characters <= MAX_CHARACTERS) break;
      this.#agents.delete(oldest);
      this.#characters -= stale.characters;
      void stale.agent.close();
    }
    return agent;
  }

  #keep(route: Route): KeptAgent {
    const agent = this.#createAgent(route);
    const { caBundle = '', clientCertificate } = route;
    const characters = caBundle.length + (clientCertificate?.certificate.length ?? 0);
    this.#characters += characters;
    return { agent, characters };
  }

  #createAgent({ socketPath, isPublic, caBundle = '', clientCertificate, proxy }: Route): Agent {
    const client = clientCertificate && readClientCertificate(clientCertificate);
    const connector = createConnector({
      policy: isPublic ? PUBLIC_ONLY : this.#policy,
      resolve: this.#resolve,
      connectTimeoutMs: this.#limits.connectMs,
      secureContext: secureContextOf(caBundle, client),
      clientCertificate: client && { validTo: client.validTo },
      proxy: proxy ? new Proxy(proxy) : this.#proxy,
      socketPath,
    });
    return createAgent(connector);
  }
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.origin;
  throw new ProviderError('invalid_request', 'An endpoint must be an http or https URL');
}

function elsewhere({ origins, route: { caBundle, proxy } }: Way): Way {
  const route = { isPublic: true, ...(caBundle ? { caBundle } : {}), ...(proxy ? { proxy } : {}) };
  return { origins, route, key: routeKey(route) };
}

/** There `EGRESS_ALLOW`, which the policy speaks of, is of no use. */
function notPublic({ origin }: Call): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ProviderError) || error.stage !== 'egress_policy') throw error;
    throw blocked(`It redirects to ${origin}: another origin is reached at public addresses only`, error);
  };
}

/** What another origin says of a credential is no word on the integration's, which was not shown there. */
function answerFrom({ origin }: Call, response: EgressResponse, connection: ConnectionFacts): EgressResponse {
  if (response.status !== 401 && response.status !== 403) return { ...response, connection };
  const message = `It redirects to ${origin}, which wants a credential (${response.status}): none is taken to another origin`;
  throw new ProviderError('egress_blocked', message, { stage: 'http' });
}

const OUR_HEADERS: ReadonlySet<string> = new Set(['host', 'content-length', 'accept-encoding']);

/** The host, the length and the encoding are ours to say. */
function requestHeaders(given: Readonly<Record<string, string>>, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': userAgent };
  for (const name of Object.keys(given)) {
    const lowerCase = name.toLowerCase();
    if (!OUR_HEADERS.has(lowerCase)) headers[lowerCase] = given[name] ?? '';
  }
  headers['accept-encoding'] = 'identity';
  return headers;
}

function blocked(message: string, cause?: unknown): ProviderError {
  return new ProviderError('egress_blocked', message, { cause, stage: 'egress_policy' });
}
