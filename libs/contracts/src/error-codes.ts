/**
 * What an error code means to a caller: whether the same request may succeed later, its HTTP status, and what to do.
 */
export interface ErrorCodeMeaning {
  readonly transient: boolean;
  readonly httpStatus: number;
  readonly remedy: string;
}

export const ERROR_CODES = {
  invalid_request: {
    transient: false,
    httpStatus: 400,
    remedy: 'Correct the fields named in details and send again.',
  },
  unauthorized: { transient: false, httpStatus: 401, remedy: 'Send a valid bearer token.' },
  forbidden: { transient: false, httpStatus: 403, remedy: 'Use a token with the scope named in the message.' },
  not_found: {
    transient: false,
    httpStatus: 404,
    remedy: 'Check the id; it may be deleted or belong to another tenant.',
  },
  conflict: { transient: false, httpStatus: 409, remedy: 'Read the current state and decide again.' },
  precondition_required: {
    transient: false,
    httpStatus: 428,
    remedy: 'Read the integration and send its ETag as If-Match.',
  },
  precondition_failed: {
    transient: false,
    httpStatus: 412,
    remedy: 'Someone else has changed it; read it again and repeat the change.',
  },
  integration_disabled: { transient: false, httpStatus: 409, remedy: 'Enable the integration, or name another one.' },
  unsupported_operation: {
    transient: false,
    httpStatus: 422,
    remedy: 'Choose an operation that the provider has as a capability.',
  },
  ambiguous_integration: {
    transient: false,
    httpStatus: 409,
    remedy: 'Name one of the candidates in details as integrationId.',
  },
  rate_limited: {
    transient: true,
    httpStatus: 429,
    remedy: 'Wait for retryAfterMs; queued work retries automatically.',
  },
  unauthenticated: {
    transient: false,
    httpStatus: 502,
    remedy: 'The vendor refused the credential: renew the secret behind authRef.',
  },
  permission_missing: {
    transient: false,
    httpStatus: 502,
    remedy: 'Grant the permission named in the message at the vendor.',
  },
  not_installed: {
    transient: false,
    httpStatus: 502,
    remedy: 'Install the app on the owner or repository at the vendor.',
  },
  not_found_or_no_access: {
    transient: false,
    httpStatus: 502,
    remedy: 'Check owner, repository and number, and that the credential has access to them.',
  },
  stale_head: { transient: false, httpStatus: 409, remedy: 'The pull request has moved on: scan its new head.' },
  locked: {
    transient: false,
    httpStatus: 409,
    remedy: 'The conversation is locked at the vendor: unlock it, or skip.',
  },
  closed: { transient: false, httpStatus: 409, remedy: 'The pull request is closed: reopen it, or skip.' },
  invalid_position: {
    transient: false,
    httpStatus: 422,
    remedy: 'Point the annotation at a line that the diff contains.',
  },
  too_large: { transient: false, httpStatus: 413, remedy: 'Send less; the message names the limit.' },
  limit_reached: {
    transient: false,
    httpStatus: 409,
    remedy: 'The vendor allows no more of these on this commit or pull request.',
  },
  network: { transient: true, httpStatus: 502, remedy: 'The vendor cannot be reached: check DNS, route and proxy.' },
  timeout: { transient: true, httpStatus: 504, remedy: 'The vendor did not answer in time.' },
  tls: {
    transient: true,
    httpStatus: 502,
    remedy: 'The TLS handshake failed: check the certificate and the CA bundle of the integration.',
  },
  provider_unavailable: { transient: true, httpStatus: 502, remedy: 'The vendor answered with a server error.' },
  digest_mismatch: {
    transient: false,
    httpStatus: 502,
    remedy:
      'The content from the registry does not match its digest: do not use it, and check the registry and its proxies.',
  },
  secret_unresolvable: {
    transient: true,
    httpStatus: 502,
    remedy: 'The secret store returned no value for authRef: check its path and that the store is up.',
  },
  egress_blocked: {
    transient: false,
    httpStatus: 422,
    remedy:
      'The address is not allowed: ask the operator to add its range to EGRESS_ALLOW, or a socket to EGRESS_UNIX_SOCKETS.',
  },
  offline: {
    transient: false,
    httpStatus: 503,
    remedy: 'Posting is switched off: the payload is parked and can be replayed.',
  },
  cancelled: { transient: false, httpStatus: 409, remedy: 'Someone cancelled it before it was posted.' },
  superseded: { transient: false, httpStatus: 409, remedy: 'A newer revision with the same upsertKey replaced it.' },
  deadline_exceeded: {
    transient: true,
    httpStatus: 504,
    remedy: 'The deadline passed; read the operation later by its operationId.',
  },
  internal: { transient: true, httpStatus: 500, remedy: 'An internal error: see the logs from that time.' },
} as const satisfies Record<string, ErrorCodeMeaning>;

/** An error code, the same in NATS replies, REST problems, the ledger, events and logs. */
export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}
