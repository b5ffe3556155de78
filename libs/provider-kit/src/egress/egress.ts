/** A call to a connected service. Aborting `signal` ends the call and destroys its socket. */
export interface EgressRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A longer response fails as `too_large`. The client's own limit applies as well. */
  readonly maxResponseBytes?: number;
  /**
   * Follows a GET or HEAD that is redirected to another origin: over https, to public addresses only, whatever the
   * operator has allowed for endpoints, and without the credential or the client certificate.
   */
  readonly mayLeave?: boolean;
  readonly signal: AbortSignal;
  /** Called when the connection is open and nothing is written yet. If it aborts `signal`, nothing is sent. */
  readonly beforeSending?: () => void;
}

/** Facts about the connection that carried a response. Absent facts were not observed. */
export interface ConnectionFacts {
  /** False if the socket was already open; then there are no times for its stages. */
  readonly fresh: boolean;
  /** Milliseconds. */
  readonly dnsMs?: number;
  readonly tcpMs?: number;
  readonly tlsMs?: number;
  readonly tls?: { readonly issuer: string; readonly validTo: string };
  /** The client certificate that this connection could present. */
  readonly clientCertificate?: { readonly validTo: string };
}

export interface EgressResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The connection to the integration's own origin, even if a redirect led to another. */
  readonly connection: ConnectionFacts;
  text(): string;
}

/**
 * The only way out of the process, bound to one integration: its origins, its certificates, its proxy. Follows at most
 * three redirects, within the origin unless `mayLeave` is set: 301, 302 and 303 for GET and HEAD, 307 and 308 for every
 * method. Throws ProviderError: `egress_blocked`, `network` (stage `dns`, `tcp` or `http`), `tls`, `too_large`,
 * `timeout` (also if `signal` ended the call; its reason is the cause), `invalid_request` (an unusable header or CA
 * bundle). Any HTTP status is a response, not an error.
 */
export interface Egress {
  request(request: EgressRequest): Promise<EgressResponse>;
  /** The same as a WHATWG `fetch`, for vendor SDKs that need one. */
  readonly fetch: typeof fetch;
}
