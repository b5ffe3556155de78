import type { ErrorCode, HealthStatus, ProbeCode } from '@integrations/contracts';
import { errorCodeOf } from '../egress/transport-errors';
import { ProviderError } from '../provider-error';

export type FailureCode = Exclude<ProbeCode, 'ok'>;

/**
 * What a stage throws when it knows better than an error code what is wrong: `anonymous_only`, `not_this_product`,
 * `credential_expired` and the like. The message is shown to operators: no secret, no response body.
 */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';

  constructor(
    readonly code: FailureCode,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }
}

/** "Could not check" is unknown, and a used-up quota proves that the rest works. */
const STATUSES: Partial<Record<ProbeCode, HealthStatus>> = {
  ok: 'healthy',
  rate_limited: 'degraded',
  secret_unresolvable: 'unknown',
  prober_error: 'unknown',
};

export function statusOf(code: ProbeCode): HealthStatus {
  return STATUSES[code] ?? 'unhealthy';
}

const FAILURES: Partial<Record<ErrorCode, (error: ProviderError) => FailureCode>> = {
  invalid_request: () => 'config_invalid',
  unauthenticated: () => 'credential_invalid',
  permission_missing: () => 'scope_insufficient',
  not_installed: () => 'not_found_or_hidden',
  not_found_or_no_access: () => 'not_found_or_hidden',
  rate_limited: () => 'rate_limited',
  secret_unresolvable: secretCodeOf,
  egress_blocked: () => 'egress_blocked',
  provider_unavailable: () => 'server_degraded',
  too_large: () => 'not_this_product',
  network: networkCode,
  timeout: timeoutCode,
  deadline_exceeded: timeoutCode,
  tls: (error) => TLS_CODES[errorCodeOf(error.cause)] ?? 'tls_error',
};

/** A store that is down is our own trouble and says nothing about the integration; one that has no value does. */
export function secretCodeOf(error: ProviderError): 'secret_unresolvable' | 'prober_error' {
  return error.transient ? 'prober_error' : 'secret_unresolvable';
}

/** What an error of the transport or of a vendor's answer says about the connection. */
export function failureCodeOf(error: ProviderError): FailureCode {
  return FAILURES[error.code]?.(error) ?? 'prober_error';
}

const TLS_CODES: Readonly<Record<string, FailureCode>> = {
  CERT_HAS_EXPIRED: 'tls_expired',
  CERT_NOT_YET_VALID: 'clock_skew',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_hostname',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_untrusted',
  CERT_UNTRUSTED: 'tls_untrusted',
};

function networkCode(error: ProviderError): FailureCode {
  const code = errorCodeOf(error.cause);
  if (error.stage === 'dns') return 'dns_error';
  if (error.stage === 'tcp') return ['EHOSTUNREACH', 'ENETUNREACH'].includes(code) ? 'tcp_timeout' : 'tcp_refused';
  return code.startsWith('HPE_') ? 'not_this_product' : 'server_degraded';
}

function timeoutCode(error: ProviderError): FailureCode {
  if (error.stage === 'dns') return 'dns_error';
  return error.stage === 'tcp' ? 'tcp_timeout' : 'timeout';
}

/** An error and its causes, outermost first: vendor SDKs wrap what their `fetch` threw. */
export function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < 10; at = (at as { cause?: unknown }).cause) {
    chain.push(at);
  }
  return chain;
}
