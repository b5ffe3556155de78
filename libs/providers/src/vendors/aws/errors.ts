import type { ErrorCode } from '@integrations/contracts';
import { type EgressResponse, ProviderError, registryError, retryAfterMs } from '@integrations/provider-kit';

/** What AWS found wrong, as the cause of a ProviderError. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';

  constructor(
    /** Such as `ExpiredTokenException`. */
    readonly type: string,
    /** Whether it is the time of the signature that it does not take. */
    readonly isAboutTime: boolean,
    /** Whether the credential has had its time. */
    readonly isExpiry: boolean,
  ) {
    super(type);
  }
}

type Meaning = readonly [ErrorCode, string];

const REFUSED: Meaning = ['unauthenticated', 'it refuses the credential'];
const EXPIRED: Meaning = ['unauthenticated', 'the credential has expired'];
const UNTIMELY: Meaning = ['unauthenticated', 'its clock and ours differ too much'];
const DENIED: Meaning = ['permission_missing', 'the credential does not allow it'];
const LIMITED: Meaning = ['rate_limited', 'rate limit'];

/** AWS answers nearly every error with 400; only its name tells them apart. That of STS has no `Exception` at its end. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['UnrecognizedClient', ['unauthenticated', 'it does not know the key, or the region is not enabled for it']],
  ['InvalidClientTokenId', ['unauthenticated', 'it does not know the key']],
  ['InvalidSignature', ['unauthenticated', 'the secret key is not that of the key']],
  ['SignatureDoesNotMatch', ['unauthenticated', 'the secret key is not that of the key']],
  ['IncompleteSignature', REFUSED],
  ['MissingAuthenticationToken', REFUSED],
  ['InvalidIdentityToken', ['unauthenticated', 'it does not trust the web identity token']],
  ['IDPRejectedClaim', ['unauthenticated', 'the issuer of the web identity token refuses it']],
  // With 400, although it is for a while. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
  ['IDPCommunicationError', ['provider_unavailable', 'it cannot reach the issuer of the web identity token']],
  ['ExpiredToken', EXPIRED],
  ['RequestExpired', UNTIMELY],
  ['RequestInTheFuture', UNTIMELY],
  ['RequestTimeTooSkewed', UNTIMELY],
  ['AccessDenied', DENIED],
  ['Throttling', LIMITED],
  ['TooManyRequests', LIMITED],
  ['RequestLimitExceeded', LIMITED],
  ['RegionDisabled', ['invalid_request', 'STS is not switched on in this region']],
  ['ClusterNotFound', ['not_found_or_no_access', 'it knows no such cluster']],
  ['InternalFailure', ['provider_unavailable', 'it failed']],
  ['ServiceUnavailable', ['provider_unavailable', 'it is not available']],
]);

const MAX_TEXT = 10_000;
/** Its limits are by the second. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const LIMIT_MS = 5_000;
const LATE = /signature (?:expired|not yet current)/i;
/** `… is not authorized to perform: ecr:DescribeRepositories on resource: …` */
const ACTION = /not authorized to perform:? ([a-z-]{2,30}:[A-Za-z]{2,60})/i;

/** For an answer that is no success; `what` was asked of `product`. Quotes the name of the error, and of the action, at most. */
export function awsError(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const { status: httpStatus, headers } = response;
  const { type, text } = readFault(response);
  const meaning = MEANINGS.get(type.replace(/Exception$/, ''));
  if (!meaning) return registryError(response, product, what, now);
  const isAboutTime = meaning === UNTIMELY || LATE.test(text);
  const [code, why] = isAboutTime ? UNTIMELY : meaning;
  const action = code === 'permission_missing' ? ACTION.exec(text)?.[1] : undefined;
  const message = `${product} answered ${type} to ${what}: ${action ? `the credential may not ${action}` : why}`;
  return new ProviderError(code, message, {
    ...{ httpStatus, cause: new AwsFault(type, isAboutTime, meaning === EXPIRED) },
    ...(code === 'rate_limited' ? { retryAfterMs: retryAfterMs(headers, now) ?? LIMIT_MS } : {}),
  });
}

/** What AWS found wrong, if that is why. */
export function faultOf(error: unknown): AwsFault | null {
  const cause = error instanceof ProviderError ? error.cause : undefined;
  return cause instanceof AwsFault ? cause : null;
}

/** `namespace#Name` in JSON, `Name:address` in a header, or the XML of STS. */
function readFault(response: EgressResponse): { readonly type: string; readonly text: string } {
  const text = response.text().slice(0, MAX_TEXT);
  const told =
    /"__type"\s*:\s*"([^"]{1,200})"/.exec(text)?.[1] ??
    /<Code>([^<]{1,200})<\/Code>/.exec(text)?.[1] ??
    response.headers['x-amzn-errortype'] ??
    '';
  return { type: told.replace(/^.*#/, '').replace(/:.*$/, ''), text };
}
