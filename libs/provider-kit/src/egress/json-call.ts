import type { ProviderError } from '../provider-error';
import type { Egress, EgressResponse } from './egress';

export interface JsonCall {
  readonly method: string;
  /** Without a query. */
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Beside those for JSON; one of the same name takes the place of such. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** One call to an API that speaks JSON. Whatever it answers is a response. */
export function sendJson(
  egress: Pick<Egress, 'request'>,
  { method, url, query = {}, headers, body }: JsonCall,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const search = Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
  return egress.request({
    ...{ method, url: `${url}${search}`, signal },
    headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

/** The object or array that a text is; `broken` is what to throw of anything else: a page of a proxy, a body cut short. */
export function readJson(text: string, broken: (cause?: unknown) => ProviderError): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(cause);
  }
  if (typeof value !== 'object' || value === null) throw broken();
  return value;
}
