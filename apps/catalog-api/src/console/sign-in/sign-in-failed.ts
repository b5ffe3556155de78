import type { ErrorCode } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { IssuerUnavailable } from '../../access/oidc/issuer-unavailable';
import { toRefusal } from '../../http/problem';
import type { Refusal } from '../../refusal';

/** Why a sign-in failed. The sign-in page has a text for each. */
export type SignInFailure =
  | 'denied'
  | 'interaction_required'
  | 'expired'
  | 'unavailable'
  | 'misconfigured'
  | 'refused'
  | 'rate_limited'
  | 'token_too_large';

export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';

  constructor(
    readonly failure: SignInFailure,
    /** For the log: an error code and the provider's description. Never a value from a token. */
    readonly reason: string,
  ) {
    super(`signing in failed: ${reason}`);
  }
}

/**
 * https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 and
 * https://openid.net/specs/openid-connect-core-1_0.html#AuthError
 */
const BY_CODE: ReadonlyMap<string, SignInFailure> = new Map([
  ['access_denied', 'denied'],
  ['login_required', 'interaction_required'],
  ['interaction_required', 'interaction_required'],
  ['consent_required', 'interaction_required'],
  ['account_selection_required', 'interaction_required'],
  ['server_error', 'unavailable'],
  ['temporarily_unavailable', 'unavailable'],
  // The code has expired or was used before.
  ['invalid_grant', 'expired'],
]);

/** Failures for refusals of the new access token. */
const BY_REFUSAL: Partial<Record<ErrorCode, SignInFailure>> = {
  unauthorized: 'refused',
  provider_unavailable: 'unavailable',
  rate_limited: 'rate_limited',
};

/** The library's codes for responses that only a broken provider, or a proxy in front of it, sends. */
const NO_ANSWER = ['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_PARSE_ERROR', 'OAUTH_TIMEOUT'];
const LONGEST_REASON = 300;

/** The reason that a sign-in failed; null if the error is an internal one. */
export function signInFailed(error: unknown): SignInFailed | null {
  if (error instanceof SignInFailed) return error;
  if (error instanceof IssuerUnavailable) return new SignInFailed('unavailable', withCause(error));
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const reason = [error.error, error.error_description ?? ''].join(' ').trim().slice(0, LONGEST_REASON);
    return new SignInFailed(BY_CODE.get(error.error) ?? 'misconfigured', reason);
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new SignInFailed('misconfigured', `the token endpoint answered ${error.status}`);
  }
  if (error instanceof ClientError) return ofClient(error);
  const refusal = toRefusal(error);
  return refusal && ofRefusal(refusal);
}

function withCause({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}`.slice(0, LONGEST_REASON) : message;
}

function ofClient({ code = 'unknown', cause }: ClientError): SignInFailed {
  if (cause instanceof ProviderError) return new SignInFailed('unavailable', cause.message);
  return new SignInFailed(NO_ANSWER.includes(code) ? 'unavailable' : 'misconfigured', code);
}

function ofRefusal({ errorCode, message }: Refusal): SignInFailed | null {
  const failure = BY_REFUSAL[errorCode];
  return failure ? new SignInFailed(failure, message) : null;
}
