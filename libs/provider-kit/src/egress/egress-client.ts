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

/** Maximum number of agents, one per route. The least recently used agent is closed first. */
const MAX_AGENTS = 1_000;
/** Maximum size of all PEM certificates together, which take several times as much memory: 200 of the largest. */
const MAX_CHARACTERS = 20_000_000;

export interface EgressClientOptions {
  /** Addresses or CIDR ranges that may be reached although they are loopback, private or carrier-grade NAT ones. */
  readonly policy: { readonly allow: readonly string[] };
  readonly userAgent: string;
  /** Milliseconds for DNS, TCP and TLS together. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from the request to the headers of its response. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds for the whole call, redirects included. */
  readonly totalTimeoutMs?: number;
  readonly maxResponseBytes?: number;
  /** The proxy for networks without direct access to the outside. */
  readonly proxy?: ProxyOptions;
  /** Proxies that a binding may use instead, `http://host:port`. Each must itself limit which networks it leads to. */
  readonly namedProxies?: readonly string[];
  /** Paths of the unix sockets that a binding may use as its endpoint. */
  readonly unixSockets?: readonly string[];
  /** Replaces the system's name resolution. */
  readonly resolve?: Resolver;
}

export interface EgressBinding extends Omit<Route, 'socketPath' | 'isPublic'> {
  /**
   * The base URL of the integration; calls may go to its origin. Or `unix:///<path>`: then the URLs of calls begin with
   * `baseUrlOf(endpoint)`, and `allowedOrigins`, proxy and TLS do not apply.
   */
  readonly endpoint: string;
  /** Further origins that may be called, such as a token realm or an upload host. */
  readonly allowedOrigins?: readonly string[];
}

const PUBLIC_ONLY = new AddressPolicy([]);

interface KeptAgent {
  readonly agent: Agent;
  /** Size of its PEM certificates. */
  readonly characters: number;
}

/** What all calls of a binding have in common: the origins they may go to, and the route they take. */
interface BoundRoute {
  readonly origins: readonly string[];
  readonly route: Route;
  readonly key: string;
}

/**
 * The way out of the process, one per app. All integrations share it; sockets are kept alive and reused by origin and
 * route. Its constructor throws an Error if the allow-list or a proxy is malformed.
 */
export class EgressClient {
  readonly #policy: AddressPolicy;
  readonly #limits: CallTimes & { readonly connectMs: number; readonly bytes: number };
  readonly #userAgent: string;
  readonly #resolve: Resolver;
  readonly #proxy: Proxy | undefined;
  /** Origins of the proxies that bindings may use. */
  readonly #namedProxies: ReadonlySet<string>;
  readonly #unixSockets: readonly string[];
  readonly #agents = new Map<string, KeptAgent>();
  /** Size of all agents' PEM certificates. */
  #characters = 0;
  /** The agent used last, kept apart because a Map that changes on every call is constantly rebuilt by V8. */
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
   * Makes no I/O. Throws ProviderError `invalid_request` if an origin is not an http or https URL, and `egress_blocked`
   * for a proxy or a unix socket that the operator has not allowed.
   */
  bind(binding: EgressBinding): Egress {
    const bound = this.#boundRouteOf(binding);
    return egressOver((call) => this.#send(call, bound));
  }

  /** Waits for calls in flight; each ends within its total time. */
  async close(): Promise<void> {
    await Promise.all(this.#takeAgents().map((agent) => agent.close()));
  }

  /** Aborts calls in flight. */
  async destroy(): Promise<void> {
    await Promise.all(this.#takeAgents().map((agent) => agent.destroy()));
  }

  #takeAgents(): Agent[] {
    const kept = [...this.#agents.values()];
    this.#agents.clear();
    this.#characters = 0;
    this.#latest = undefined;
    return kept.map(({ agent }) => agent);
  }

  #boundRouteOf(binding: EgressBinding): BoundRoute {
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
    throw blocked(`The proxy ${host} is not allowed for integrations`);
  }

  async #send(request: EgressRequest, bound: BoundRoute): Promise<EgressResponse> {
    const call = this.#prepare(request, bound);
    const guard = new CallGuard(call.peer, request.signal, this.#limits);
    const maxBytes = Math.min(this.#limits.bytes, request.maxResponseBytes ?? Infinity);
    try {
      return await this.#follow(call, bound, guard, maxBytes);
    } finally {
      guard.release();
    }
  }

  async #follow(first: Call, home: BoundRoute, guard: CallGuard, maxBytes: number): Promise<EgressResponse> {
    let call = first;
    let bound = home;
    let connection: ConnectionFacts | undefined;
    for (let redirects = 0; ; redirects++) {
      const ended = guard.error(undefined);
      if (ended) throw ended;
      const exchanged = exchange(this.#agentFor(bound), call, guard, maxBytes);
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
      bound = publicRouteOf(home);
    }
  }

  /** Checks the request before anything is sent. */
  #prepare(request: EgressRequest, { origins, route }: BoundRoute): Call {
    const url = URL.parse(request.url);
    if (!url) throw blocked('The request has no valid URL');
    if (url.username || url.password) throw blocked(`A URL of ${url.host} contains a user name or password`);
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

  #agentFor({ key, route }: BoundRoute): Agent {
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

function publicRouteOf({ origins, route: { caBundle, proxy } }: BoundRoute): BoundRoute {
  const route = { isPublic: true, ...(caBundle ? { caBundle } : {}), ...(proxy ? { proxy } : {}) };
  return { origins, route, key: routeKey(route) };
}

/** The policy's own message suggests `EGRESS_ALLOW`, which does not apply after a redirect to another origin. */
function notPublic({ origin }: Call): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ProviderError) || error.stage !== 'egress_policy') throw error;
    throw blocked(`It redirects to ${origin}: another origin is reached at public addresses only`, error);
  };
}

/** A 401 or 403 from another origin says nothing about the integration's credential, which was not sent there. */
function answerFrom({ origin }: Call, response: EgressResponse, connection: ConnectionFacts): EgressResponse {
  if (response.status !== 401 && response.status !== 403) return { ...response, connection };
  const message = `It redirects to ${origin}, which requires a credential (${response.status}), but none is sent there`;
  throw new ProviderError('egress_blocked', message, { stage: 'http' });
}

const OUR_HEADERS: ReadonlySet<string> = new Set(['host', 'content-length', 'accept-encoding']);

/** Adds the user agent, and drops the headers that the client sets itself: host, length and encoding. */
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
