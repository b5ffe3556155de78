import type { ErrorCode, HealthStatus, ProbeCode } from '@integrations/contracts';

/** What the vendor, or the network in between, does instead of answering properly. */
export const FAULTS = [
  'answers 401',
  'answers 403',
  'answers 404',
  'answers 429',
  'answers 500',
  'answers 502',
  'answers 503',
  'resets the connection',
  'refuses the connection',
  'breaks TLS',
  'never answers',
  'answers with a cut-off body',
  'answers with a web page',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Seconds in the `Retry-After` of a 429. */
export const RETRY_AFTER_SECONDS = 7;

/** What a plugin must make of a fault. Several codes are listed if the right one depends on the vendor and the call. */
export interface Expectation {
  readonly codes: readonly ErrorCode[];
  /** Applies if no token is so new that the vendor may not know it yet. */
  readonly transient: boolean;
  readonly retryAfterMs?: number;
  readonly verdicts: readonly ProbeCode[];
  readonly statuses: readonly HealthStatus[];
}

const broken: Expectation = {
  codes: ['provider_unavailable'],
  transient: true,
  verdicts: ['server_degraded'],
  statuses: ['degraded', 'unhealthy'],
};

const notTheVendor: Expectation = {
  ...broken,
  verdicts: ['not_this_product', 'server_degraded'],
};

const unreachable: Expectation = {
  codes: ['network'],
  transient: true,
  verdicts: ['tcp_refused', 'tcp_timeout'],
  statuses: ['unhealthy'],
};

export const EXPECTATIONS: Readonly<Record<Fault, Expectation>> = {
  'answers 401': {
    codes: ['unauthenticated'],
    transient: false,
    verdicts: ['credential_invalid', 'credential_expired', 'credential_disabled'],
    statuses: ['unhealthy'],
  },
  'answers 403': {
    codes: ['permission_missing'],
    transient: false,
    verdicts: ['scope_insufficient', 'credential_disabled'],
    statuses: ['degraded', 'unhealthy'],
  },
  'answers 404': {
    codes: ['not_found_or_no_access', 'not_installed'],
    transient: false,
    verdicts: ['not_found_or_hidden', 'not_this_product'],
    statuses: ['unhealthy'],
  },
  'answers 429': {
    codes: ['rate_limited'],
    transient: true,
    retryAfterMs: RETRY_AFTER_SECONDS * 1_000,
    verdicts: ['rate_limited'],
    statuses: ['degraded'],
  },
  'answers 500': broken,
  'answers 502': broken,
  'answers 503': broken,
  'resets the connection': { ...unreachable, verdicts: ['server_degraded', 'tcp_refused'] },
  'refuses the connection': unreachable,
  'breaks TLS': {
    codes: ['tls'],
    transient: true,
    verdicts: ['tls_error', 'tls_on_plain_port', 'tls_untrusted', 'tls_expired', 'tls_hostname'],
    statuses: ['unhealthy'],
  },
  'never answers': { codes: ['timeout'], transient: true, verdicts: ['timeout'], statuses: ['unhealthy', 'unknown'] },
  'answers with a cut-off body': notTheVendor,
  'answers with a web page': notTheVendor,
};
