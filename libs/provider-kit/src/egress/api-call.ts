import type { ErrorCode } from '@integrations/contracts';
import type { ProviderDeps } from '../plugin';
import { ProviderError } from '../provider-error';
import { outageWaitMs, retryAfterMs } from '../retry-after';
import type { EgressResponse } from './egress';
import { readJson, sendJson } from './json-call';

/** What a refusal means: `what` was asked of `product` at `now`. */
export type Refusing = (response: EgressResponse, product: string, what: string, now: number) => ProviderError;

/** An API that speaks JSON. */
export interface JsonApi {
  /** Without a trailing slash. */
  readonly base: string;
  /** As messages name it. */
  readonly product: string;
  readonly deps: Pick<ProviderDeps, 'egress' | 'clock'>;
  /** What proves who asks, made anew for each call. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Absent: by its status alone. */
  readonly refusing?: Refusing;
}

export interface ApiCall {
  /** GET if absent. */
  readonly method?: string;
  /** Below the base, with its query. */
  readonly path: string;
  readonly body?: object;
  /** What an answer of `null` stands for; absent: it is no use. */
  readonly none?: object;
}

export interface ApiAnswer {
  readonly data: object;
  readonly headers: EgressResponse['headers'];
}

/** Where a service that limits does not say for how long. */
const LIMIT_MS = 60_000;

const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['unauthenticated', 'it refuses the credential'],
  403: ['permission_missing', 'the credential does not allow it'],
  404: ['not_found_or_no_access', 'it does not exist, or the credential may not see it'],
  405: ['unsupported_operation', 'it does not do that'],
  408: ['timeout', 'it gave up waiting'],
  410: ['not_found_or_no_access', 'it is gone'],
};

/** Throws ProviderError for what is refused, and for what is no JSON. */
export async function askApi(
  { base, product, deps, headers, refusing = refusalOf }: JsonApi,
  { method = 'GET', path, body, none }: ApiCall,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const what = `${method} ${path.replace(/\?.*$/, '')}`;
  const call = { method, url: `${base}${path}`, headers: await headers(signal), ...(body ? { body } : {}) };
  const response = await sendJson(deps.egress, call, signal);
  if (response.status < 200 || response.status > 299) throw refusing(response, product, what, deps.clock.now());
  const { headers: told } = response;
  const text = response.text();
  if (none && text.trim() === 'null') return { data: none, headers: told };
  return { data: readJson(text, (cause) => unreadable(product, what, cause)), headers: told };
}

/** What an answer that is no success means by its status. `detail` is a word of the vendor's that may be shown. */
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
  const [code, why] = BY_STATUS[httpStatus] ?? (['invalid_request', 'it does not take the request'] as const);
  return new ProviderError(code, `${base}: ${why}`, { httpStatus });
}

/** The same of an answer that is a rate limit, whatever its status. */
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

/** A reply that is no use although its status is fine: a proxy's page, a body cut short. */
export function unreadable(product: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `${product}'s answer to ${what} is not what it should be`, {
    cause,
  });
}

/** How a message about an answer begins. */
export function answered({ status }: EgressResponse, product: string, what: string, detail?: string): string {
  return `${product} answered ${status}${detail ? ` ${detail}` : ''} to ${what}`;
}
