import type { Capability, HealthStatus } from './vocabulary';

/** In the order of a probe. */
export const PROBE_STAGES = [
  'resolve_secret',
  'egress_policy',
  'dns',
  'tcp',
  'tls',
  'http',
  'credential',
  'identity',
  'permissions',
  'quota',
] as const;
/** A stage of a probe. A probe stops at the first stage that fails. */
export type ProbeStageName = (typeof PROBE_STAGES)[number];

/** The codes of a verdict, each with one sentence that tells an operator what to do. */
export const PROBE_CODES = {
  ok: 'Nothing to do.',
  config_invalid: 'Correct the configuration field named in the message.',
  dns_error: 'The host name does not resolve here: check its spelling and the DNS servers of this network.',
  tcp_refused: 'Nothing listens at that address and port: check the endpoint and that the service runs.',
  tcp_timeout: 'No answer from that address: check routes and firewalls between here and the service.',
  proxy_error:
    'The proxy opened no connection: check that it runs, its credential (407), its rules (403), and that it reaches the service.',
  socket_denied:
    'This platform may not open the socket: add the user it runs as to the group that owns the socket, such as docker.',
  tls_untrusted: 'The certificate chain is not trusted: add the CA bundle to the integration.',
  tls_expired: 'The certificate of the service has expired: have it renewed.',
  tls_hostname: 'The certificate is for another host name: correct the endpoint or the certificate.',
  tls_protocol: 'The service and this platform share no TLS version: have TLS 1.2 or 1.3 enabled on the service.',
  tls_error: 'The TLS handshake failed: check the certificates and ciphers of the service.',
  tls_on_plain_port: 'The port does not speak TLS: write http:// in the endpoint, or name the TLS port.',
  plain_http_on_tls_port: 'The port speaks TLS only: write https:// in the endpoint.',
  mtls_required:
    'The service asks for a client certificate: name one that it trusts in connection.clientCertRef of the configuration.',
  client_certificate_refused:
    'The service refuses the client certificate: have one issued that it trusts, and renew the secret behind connection.clientCertRef.',
  not_this_product: 'Another product answers at that endpoint: check the endpoint and its base path.',
  api_version: 'The service and this platform have no API version in common: update the older one.',
  credential_missing: 'Give the integration an authRef.',
  credential_invalid: 'The service refuses the credential: renew the secret behind authRef.',
  credential_expired: 'The credential has expired: renew the secret behind authRef.',
  credential_disabled: 'The credential, app or installation is suspended: reinstate it at the vendor.',
  anonymous_only: 'The service answers but does not recognise the credential: check the kind of secret.',
  scope_insufficient: 'Grant the missing permissions at the vendor, and have an administrator accept them.',
  not_found_or_hidden: 'What the configuration names does not exist, or the credential may not see it.',
  rate_limited: 'The quota of the credential is used up: wait, or give the platform a credential of its own.',
  server_degraded: 'The service answers with errors of its own: see its status page.',
  agent_silent:
    'No heartbeat arrives from the agent: check that it runs with this id and tenant, and may publish to its subject.',
  requirements_unmet: 'The host lacks something that the integration requires: upgrade the host, or require less.',
  clock_skew: 'The clocks of this machine and the service differ: check NTP on this machine first.',
  secret_unresolvable: 'The secret store returned no value for authRef: check its path and that the store is up.',
  egress_blocked: 'The address is not allowed by the egress policy: ask the operator to add its range, or the socket.',
  timeout: 'The service did not answer within the time allowed: it may be overloaded.',
  prober_error: 'The prober itself is in trouble (database, secret store, network): see its logs.',
} as const satisfies Record<string, string>;
/** The code of a verdict. The verdict's `remediation` says what to do about it. */
export type ProbeCode = keyof typeof PROBE_CODES;

/** The result of one stage of a probe. */
export interface ProbeStage {
  /** The stage. */
  readonly name: ProbeStageName;
  /** False if the stage failed. */
  readonly ok: boolean;
  /** Duration of the stage in milliseconds. */
  readonly ms: number;
  /** More about the result, such as the reason for a failure; absent if there is nothing to add. */
  readonly detail?: string;
}

/** The permissions that the provider requires and those that the vendor granted. */
export interface ProbePermissions {
  /** The permissions that the provider requires, in the vendor's words. */
  readonly required: readonly string[];
  /** The permissions that the credential has, as far as the vendor reports them. */
  readonly granted: readonly string[];
  /** Required permissions that are not granted. */
  readonly missing: readonly string[];
  /** Granted permissions that the provider does not need. */
  readonly excess: readonly string[];
  /**
   * How the permissions were found out: asked of the vendor, read from the token, tried without effect, seen in use, or
   * not at all.
   */
  readonly how: 'introspection' | 'token_claims' | 'dry_run' | 'observed' | 'unknown';
}

/** A service, as it reports itself. */
export interface ProbeServer {
  /** Name of the product. */
  readonly product: string;
  /** Version of the product; absent if the service does not report it. */
  readonly version?: string;
}

/** The certificate of a service. */
export interface ProbeCertificate {
  /** Who issued the certificate. */
  readonly issuer: string;
  /** When the certificate expires. */
  readonly validTo: string;
  /** Whole days until then. */
  readonly daysLeft: number;
}

/** The account or app that a credential belongs to at the vendor. */
export interface ProbePrincipal {
  /** The vendor's id or name of it. */
  readonly id: string;
  /** What it is, such as `user`, `app` or `service_account`. */
  readonly kind: string;
}

/** What is known about a credential. */
export interface ProbeCredential {
  /** When the credential expires; absent if it does not, or if this is not known. */
  readonly expiresAt?: string;
  /** Version of the secret in its store; absent if the store has no versions. */
  readonly version?: string;
}

/** The vendor's rate limit for a credential. */
export interface ProbeQuota {
  /** The most calls in the vendor's period. */
  readonly limit?: number;
  /** Calls that remain. */
  readonly remaining?: number;
  /** When the vendor counts from zero again. */
  readonly resetAt?: string;
}

/** The result of a test or health check. It holds no secret and no response body. Times are ISO-8601 UTC. */
export interface ProbeVerdict {
  /** The status that the probe found. */
  readonly status: HealthStatus;
  /** The reason for the status; `ok` if nothing is wrong. */
  readonly code: ProbeCode;
  /** What the probe found, for an operator to read. */
  readonly message: string;
  /** What an operator can do about `code`. */
  readonly remediation: string;
  /** The stages that were carried out, in order. A probe stops at the first stage that fails. */
  readonly stages: readonly ProbeStage[];
  /** Duration of the whole probe in milliseconds. */
  readonly latencyMs: number;
  /** When the probe ended. */
  readonly checkedAt: string;
  /** The product and version of the service, as it reports them; absent if it does not. */
  readonly server?: ProbeServer;
  /** The service's certificate; absent if no TLS connection was made. */
  readonly tls?: ProbeCertificate;
  /** The service's clock minus ours, in milliseconds; absent if the service reports no time. */
  readonly clockSkewMs?: number;
  /** The account or app that the credential belongs to at the vendor; absent if this is not known. */
  readonly principal?: ProbePrincipal;
  /**
   * The permissions that the provider requires and those that the vendor granted; absent if the probe did not compare
   * them.
   */
  readonly permissions?: ProbePermissions;
  /** The provider's capabilities that the credential may use, as last known; absent if this was never known. */
  readonly capabilities?: readonly Capability[];
  /**
   * Expiry and version of the credential, never the credential. The last known ones if a probe ends too early to tell.
   */
  readonly credential?: ProbeCredential;
  /**
   * The vendor's rate limit for the credential, what remains of it, and when it resets; absent if the vendor does not
   * report it.
   */
  readonly quota?: ProbeQuota;
  /** Milliseconds to wait before the next probe; absent if the vendor names no time. */
  readonly retryAfterMs?: number;
  /** Problems that may need attention later, such as a certificate that expires soon. */
  readonly warnings: readonly string[];
}

/** An on-demand test is deeper than a periodic health check, but both return the same kind of verdict. */
export type TestConnectionResult = ProbeVerdict;
export type HealthCheckResult = ProbeVerdict;
