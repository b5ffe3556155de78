import { type EgressResponse, jsonObject } from '@integrations/provider-kit';
import { SecretStoreError, type SecretStoreErrorCode } from '../secret-store';
import { reasonOf, refusal, valueAt } from '../cloud/store-call';

/** Errors that other credentials may resolve. */
const REFUSED_CREDENTIALS: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'UnrecognizedClientException',
]);

/**
 * AWS answers nearly every error with 400; only its code tells them apart.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
 */
const MEANINGS: ReadonlyMap<string, SecretStoreErrorCode> = new Map([
  ['ResourceNotFoundException', 'not_found'],
  // Marked for deletion, or without any value yet.
  ['InvalidRequestException', 'not_found'],
  ['ThrottlingException', 'unavailable'],
  ['TooManyRequestsException', 'unavailable'],
  ['RequestLimitExceeded', 'unavailable'],
  ['LimitExceededException', 'unavailable'],
  ['InternalServiceError', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  // About us, our keys or our clock. These say nothing about the secret.
  ['IncompleteSignature', 'unavailable'],
  ['IncompleteSignatureException', 'unavailable'],
  ['MissingAuthenticationToken', 'unavailable'],
  ['MissingAuthenticationTokenException', 'unavailable'],
  ['RequestExpired', 'unavailable'],
  ...[...REFUSED_CREDENTIALS].map((reason) => [reason, 'unavailable'] as const),
]);

/** True if AWS rejects the credentials themselves. */
export function refusesCredentials(response: EgressResponse): boolean {
  return response.status !== 200 && REFUSED_CREDENTIALS.has(codeOf(response));
}

/** For an answer other than 200. */
export function awsError(response: EgressResponse): SecretStoreError {
  const reason = codeOf(response);
  if (isClockError(response))
    return new SecretStoreError('unavailable', `AWS reports that our clock is wrong (${reason})`);
  return refusal(response, reason, MEANINGS.get(reason));
}

/**
 * True for an error about our clock: signatures contain the time.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
function isClockError(response: EgressResponse): boolean {
  const answer = jsonObject(response.text());
  const message = valueAt(answer, 'message') ?? valueAt(answer, 'Message');
  return typeof message === 'string' && /^Signature (expired|not yet current)\b/.test(message);
}

/** `namespace#Code` in the body, or `Code:address` in the header. */
function codeOf(response: EgressResponse): string {
  const type = valueAt(jsonObject(response.text()), '__type') ?? response.headers['x-amzn-errortype'];
  return typeof type === 'string' ? reasonOf(type.replace(/^.*#/, '').replace(/:.*$/, '')) : '';
}
