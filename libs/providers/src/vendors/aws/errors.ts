import type { ErrorCode } from '@integrations/contracts';
import {
  type EgressResponse,
  type FailureCode,
  hasCode,
  ProviderError,
  registryError,
  retryAfterMs,
} from '@integrations/provider-kit';

/** The fault that AWS reported, as the cause of a ProviderError. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';

  constructor(
    /** The error's name, such as `ExpiredTokenException`. */
    readonly type: string,
  ) {
    super(type);
  }
}

type Meaning = readonly [ErrorCode, string, FailureCode?];

const REFUSED: Meaning = ['unauthenticated', 'it refuses the credential'];
const CLOCKS_DIFFER: Meaning = ['unauthenticated', 'its clock and ours differ too much', 'clock_skew'];
const DENIED: Meaning = ['permission_missing', 'the credential does not allow it'];
const LIMITED: Meaning = ['rate_limited', 'rate limit'];

/** By the error's name, because AWS answers nearly every error with 400. STS's names lack the `Exception` suffix. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['UnrecognizedClient', ['unauthenticated', 'it does not recognise the key, or the region is not enabled for it']],
  ['InvalidClientTokenId', ['unauthenticated', 'it does not recognise the key']],
  ['InvalidSignature', ['unauthenticated', 'the secret access key does not match the access key id']],
  ['SignatureDoesNotMatch', ['unauthenticated', 'the secret access key does not match the access key id']],
  ['IncompleteSignature', REFUSED],
  ['MissingAuthenticationToken', REFUSED],
  ['InvalidIdentityToken', ['unauthenticated', 'it does not trust the web identity token']],
  ['IDPRejectedClaim', ['unauthenticated', 'the issuer of the web identity token refuses it']],
  // A 400, although the failure is temporary.
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
  ['IDPCommunicationError', ['provider_unavailable', 'it cannot reach the issuer of the web identity token']],
  ['ExpiredToken', ['unauthenticated', 'the credential has expired', 'credential_expired']],
  ['RequestExpired', CLOCKS_DIFFER],
  ['RequestInTheFuture', CLOCKS_DIFFER],
  ['RequestTimeTooSkewed', CLOCKS_DIFFER],
  ['AccessDenied', DENIED],
  ['Throttling', LIMITED],
  ['TooManyRequests', LIMITED],
  ['RequestLimitExceeded', LIMITED],
  ['RegionDisabled', ['invalid_request', 'STS is not activated in this region']],
  ['ClusterNotFound', ['not_found_or_no_access', 'there is no such cluster']],
  ['InternalFailure', ['provider_unavailable', 'it failed']],
  ['ServiceUnavailable', ['provider_unavailable', 'it is not available']],
]);

const MAX_TEXT = 10_000;
/** ECR's limits are per second. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const LIMIT_MS = 5_000;
/** Texts that mean something else than their error's name. */
const BY_TEXT: readonly (readonly [RegExp, Meaning])[] = [
  [/signature (?:expired|not yet current)/i, CLOCKS_DIFFER],
  // `Credential should be scoped to a valid region, not 'eu-west-1'.`: STS without a region accepts us-east-1 only.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
  [/scoped to a valid region/i, ['invalid_request', 'it serves another region than the one we sign for']],
  // An InvalidIdentityToken that AWS's own clients try again: the issuer did not answer in time.
  // https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
  [
    /retrieve verification key/i,
    ['provider_unavailable', "it cannot fetch the keys of the web identity token's issuer"],
  ],
];
/** `… is not authorized to perform: ecr:DescribeRepositories on resource: …` */
const ACTION = /not authorized to perform:? ([a-z-]{2,30}:[A-Za-z]{2,60})/i;

/** The error for an unsuccessful answer to `what`. Quotes at most the names of AWS's error and of the action. */
export function awsError(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const { status: httpStatus, headers } = response;
  const { type, text } = readFault(response);
  const meaning = MEANINGS.get(type.replace(/Exception$/, ''));
  if (!meaning) return registryError(response, product, what, now);
  const [code, why, probeCode] = BY_TEXT.find(([words]) => words.test(text))?.[1] ?? meaning;
  const action = code === 'permission_missing' ? ACTION.exec(text)?.[1] : undefined;
  const message = `${product} answered ${type} to ${what}: ${action ? `the credential may not ${action}` : why}`;
  return new ProviderError(code, message, {
    ...{ httpStatus, probeCode, cause: new AwsFault(type) },
    ...(code === 'rate_limited' ? { retryAfterMs: retryAfterMs(headers, now) ?? LIMIT_MS } : {}),
  });
}

/** The fault that AWS reported; null if the error has another cause. */
export function faultOf(error: unknown): AwsFault | null {
  const cause = error instanceof ProviderError ? error.cause : undefined;
  return cause instanceof AwsFault ? cause : null;
}

/** True if AWS itself denied the call, rather than something in between. */
export function isDenied(error: unknown): error is ProviderError {
  return faultOf(error) !== null && hasCode(error, 'permission_missing');
}

/** Reads the error's name: `namespace#Name` in JSON, `Name:address` in a header, or the XML of STS. */
function readFault(response: EgressResponse): { readonly type: string; readonly text: string } {
  const text = response.text().slice(0, MAX_TEXT);
  const name =
    /"__type"\s*:\s*"([^"]{1,200})"/.exec(text)?.[1] ??
    /<Code>([^<]{1,200})<\/Code>/.exec(text)?.[1] ??
    response.headers['x-amzn-errortype'] ??
    '';
  return { type: name.replace(/^.*#/, '').replace(/:.*$/, ''), text };
}
