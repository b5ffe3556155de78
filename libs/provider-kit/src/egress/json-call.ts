import type { ProviderError } from '../provider-error';
import type { Egress, EgressResponse } from './egress';

export interface JsonCall {
  readonly method: string;
  /** Without a query. */
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Added to the headers for JSON; a header of the same name replaces ours. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Sends one call to a JSON API. Any status counts as a response; only transport failures throw. */
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

/** Parses a JSON object or array. Throws what `broken` makes for anything else, such as a proxy's page. */
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
