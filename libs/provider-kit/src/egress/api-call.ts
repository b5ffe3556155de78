import type { ErrorCode } from '@integrations/contracts';
import type { ProviderDeps } from '../plugin';
import { ProviderError } from '../provider-error';
import { outageWaitMs, retryAfterMs } from '../retry-after';
import type { EgressResponse } from './egress';
import { readJson, sendJson } from './json-call';

/** Turns a refusal into an error. `what` is the request, such as `GET /projects`; `now` is in epoch milliseconds. */
export type Refusing = (response: EgressResponse, product: string, what: string, now: number) => ProviderError;

/** An API that speaks JSON. */
export interface JsonApi {
  /** Without a trailing slash. */
  readonly base: string;
  /** The product's name in messages. */
  readonly product: string;
  readonly deps: Pick<ProviderDeps, 'egress' | 'clock'>;
  /** The authentication headers, made for each call. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Absent: refusals are judged by their HTTP status alone. */
  readonly refusing?: Refusing;
}

export interface ApiCall {
  /** GET if absent. */
  readonly method?: string;
  /** Relative to the base, including the query. */
  readonly path: string;
  readonly body?: object;
  /** Returned if the answer is `null`. Absent: `null` is an unreadable answer. */
  readonly none?: object;
}

export interface ApiAnswer {
  readonly data: object;
  readonly headers: EgressResponse['headers'];
}

/** Wait after a rate limit if the service does not say how long. */
const LIMIT_MS = 60_000;

const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['unauthenticated', 'it refuses the credential'],
  403: ['permission_missing', 'the credential does not allow it'],
  404: ['not_found_or_no_access', 'it does not exist, or the credential may not see it'],
  405: ['unsupported_operation', 'it does not support that'],
  408: ['timeout', 'it gave up waiting'],
  410: ['not_found_or_no_access', 'it is gone'],
};

/** Calls an API. Throws ProviderError if it refuses the call or its answer is not a JSON object or array. */
export async function askApi(
  { base, product, deps, headers, refusing = refusalOf }: JsonApi,
  { method = 'GET', path, body, none }: ApiCall,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const what = `${method} ${path.replace(/\?.*$/, '')}`;
  const call = { method, url: `${base}${path}`, headers: await headers(signal), ...(body ? { body } : {}) };
  const response = await sendJson(deps.egress, call, signal);
  if (response.status < 200 || response.status > 299) throw refusing(response, product, what, deps.clock.now());
  const text = response.text();
  if (none && text.trim() === 'null') return { data: none, headers: response.headers };
  return { data: readJson(text, (cause) => unreadable(product, what, cause)), headers: response.headers };
}

/** Judges an unsuccessful answer by its status. `detail` is the vendor's own code or text, if it may be shown. */
export function refusalOf(
  response: EgressResponse,
  product: string,
  what: string,
  now: number,
  detail?: string,
): ProviderError {
  const { status: httpStatus } = response;
  if (httpStatus === 429) return rateLimitOf(response, product, what, now, detail);
  const base = answered(response, product, what, detail);
  if (httpStatus >= 500) {
    return new ProviderError('provider_unavailable', base, { httpStatus, retryAfterMs: outageWaitMs(response, now) });
  }
  const [code, why] = BY_STATUS[httpStatus] ?? (['invalid_request', 'it refuses the request'] as const);
  return new ProviderError(code, `${base}: ${why}`, { httpStatus });
}

/** The error for an answer that is a rate limit, whatever its status. */
export function rateLimitOf(
  response: EgressResponse,
  product: string,
  what: string,
  now: number,
  detail?: string,
): ProviderError {
  const wait = retryAfterMs(response.headers, now) ?? LIMIT_MS;
  return new ProviderError('rate_limited', `${answered(response, product, what, detail)}: rate limit`, {
    httpStatus: response.status,
    retryAfterMs: wait,
  });
}

/** The error for an unusable answer with a success status, such as a proxy's web page or a truncated body. */
export function unreadable(product: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `${product}'s answer to ${what} has an unexpected format`, {
    cause,
  });
}

/** The beginning of an error message about an answer. */
export function answered({ status }: EgressResponse, product: string, what: string, detail?: string): string {
  return `${product} answered ${status}${detail ? ` ${detail}` : ''} to ${what}`;
}
