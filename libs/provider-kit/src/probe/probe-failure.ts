import type { ErrorCode, HealthStatus, ProbeCode, ProbePermissions } from '@integrations/contracts';
import { SOCKET_DENIED } from '../egress/open-socket';
import { PROXY_FAILED } from '../egress/open-tunnel';
import { errorCodeOf } from '../egress/transport-errors';
import type { FailureCode, ProviderError } from '../provider-error';

/**
 * Thrown by a stage that itself finds out what is wrong: `anonymous_only`, `not_this_product` and the like. The message
 * is shown to operators, so it must contain no secret and no response body.
 */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  /** Set if the failure does not affect the integration's main purpose. Absent: the status follows from the code. */
  readonly status: 'degraded' | undefined;

  constructor(
    readonly code: FailureCode,
    message: string,
    { status, ...options }: { readonly cause?: unknown; readonly status?: 'degraded' } = {},
  ) {
    super(message, options);
    this.status = status;
  }
}

/**
 * Codes whose status is not `unhealthy`. A check that could not be made is `unknown`. A used-up quota, or a component
 * that is merely too old, proves that the rest works: `degraded`.
 */
const STATUSES: Partial<Record<ProbeCode, HealthStatus>> = {
  ok: 'healthy',
  rate_limited: 'degraded',
  requirements_unmet: 'degraded',
  secret_unresolvable: 'unknown',
  prober_error: 'unknown',
};

/** A credential that has some of the required permissions but not all is still of use: `degraded`. */
export function statusOf(code: ProbeCode, permissions?: ProbePermissions): HealthStatus {
  const { required, missing } = permissions ?? { required: [], missing: [] };
  if (code === 'scope_insufficient' && missing.length < required.length) return 'degraded';
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
  digest_mismatch: () => 'server_degraded',
  too_large: () => 'not_this_product',
  network: networkCode,
  timeout: timeoutCode,
  deadline_exceeded: timeoutCode,
  tls: tlsCode,
};

/** A secret store that is down is our problem; a store that answers without a value is the integration's problem. */
export function secretCodeOf(error: ProviderError): 'secret_unresolvable' | 'prober_error' {
  return error.transient ? 'prober_error' : 'secret_unresolvable';
}

/** The verdict code for an error of the transport or of a vendor's answer. */
export function failureCodeOf(error: ProviderError): FailureCode {
  return error.probeCode ?? FAILURES[error.code]?.(error) ?? 'prober_error';
}

/** TLS alerts with which a service rejects the client certificate that it was shown. */
const CLIENT_REFUSALS = [
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
];

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
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls_protocol',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls_protocol',
  // The answer does not begin with a TLS record; typically it is an HTTP response.
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls_on_plain_port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls_on_plain_port',
  // Only TLS 1.3 has an alert for a missing client certificate; older versions just fail the handshake.
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'mtls_required',
  ...Object.fromEntries(CLIENT_REFUSALS.map((alert) => [alert, 'client_certificate_refused' as const])),
};

/** Older services written in Go answer a missing client certificate with the alert for a bad one. */
function tlsCode(error: ProviderError): FailureCode {
  const code = TLS_CODES[errorCodeOf(error.cause)] ?? 'tls_error';
  const { connection } = error;
  const hasShownNone = connection !== undefined && connection.clientCertificate === undefined;
  return code === 'client_certificate_refused' && hasShownNone ? 'mtls_required' : code;
}

/** The code of the cause when we sent plain HTTP to a TLS port and the server said so. */
export const WANTS_TLS = 'WANTS_TLS';

function networkCode(error: ProviderError): FailureCode {
  const code = errorCodeOf(error.cause);
  if (error.stage === 'dns') return 'dns_error';
  if (code === SOCKET_DENIED) return 'socket_denied';
  if (code === PROXY_FAILED) return 'proxy_error';
  if (error.stage === 'tcp') return ['EHOSTUNREACH', 'ENETUNREACH'].includes(code) ? 'tcp_timeout' : 'tcp_refused';
  if (code === WANTS_TLS) return 'plain_http_on_tls_port';
  return code.startsWith('HPE_') ? 'not_this_product' : 'server_degraded';
}

function timeoutCode(error: ProviderError): FailureCode {
  if (error.stage === 'dns') return 'dns_error';
  if (errorCodeOf(error.cause) === PROXY_FAILED) return 'proxy_error';
  return error.stage === 'tcp' ? 'tcp_timeout' : 'timeout';
}

/** An error and its causes, outermost first: vendor SDKs wrap the errors that their `fetch` throws. */
export function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < 10; at = (at as { cause?: unknown }).cause) {
    chain.push(at);
  }
  return chain;
}
