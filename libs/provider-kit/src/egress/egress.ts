/** A call to a connected service. `signal` ends it, including its socket. */
export interface EgressRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A longer answer is refused as `too_large`; the client's own limit counts as well. */
  readonly maxResponseBytes?: number;
  /**
   * A GET or HEAD that is redirected to another origin is followed there, by https to public addresses alone, whatever the
   * operator has opened for endpoints; without a credential or client certificate.
   */
  readonly mayLeave?: boolean;
  readonly signal: AbortSignal;
  /** Called when the connection is there and nothing is written yet; what aborts `signal` now is never sent. */
  readonly beforeSending?: () => void;
}

/** What was learned about the connection that carried a response; absent facts were not observed. */
export interface ConnectionFacts {
  /** False when the socket had been open before: then no stage of its making was timed. */
  readonly fresh: boolean;
  /** Milliseconds. */
  readonly dnsMs?: number;
  readonly tcpMs?: number;
  readonly tlsMs?: number;
  readonly tls?: { readonly issuer: string; readonly validTo: string };
  /** The one that was there to be shown. */
  readonly clientCertificate?: { readonly validTo: string };
}

export interface EgressResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** To the integration's origin, also where a redirect led to another. */
  readonly connection: ConnectionFacts;
  text(): string;
}

/**
 * The only way out of the process, bound to one integration: its origins, its certificates, its proxy. Redirects are followed within
 * the origin unless a request may leave it, three at most: 301, 302 and 303 for GET and HEAD, 307 and 308 for every method.
 * Throws ProviderError: `egress_blocked`, `network` (stage `dns`, `tcp` or `http`), `tls`, `too_large`, `timeout` (also
 * when `signal` ended the call; its reason is the cause), `invalid_request` (a header or CA bundle that cannot be used).
 * Whatever status the vendor answers is a response, not an error.
 */
export interface Egress {
  request(request: EgressRequest): Promise<EgressResponse>;
  /** The same as a WHATWG `fetch`, for vendor SDKs that want one. */
  readonly fetch: typeof fetch;
}
