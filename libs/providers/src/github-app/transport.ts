import type { Egress, EgressResponse } from '@integrations/provider-kit';
import { type Asked, errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From the base URL on; its parts are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
}

/** An answer of GitHub whose status is 2xx and whose body is a JSON object or array. */
export interface ApiAnswer {
  readonly data: unknown;
  readonly response: EgressResponse;
}

// The newest version that every supported GitHub Enterprise Server knows.
const API_VERSION = '2022-11-28';

/** One call. Whatever GitHub answers is a response; throws what the egress throws. */
export function send(
  egress: Egress,
  baseUrl: string,
  { method, path, query, body }: ApiRequest,
  token: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const search = query ? `?${new URLSearchParams(query as Record<string, string>)}` : '';
  return egress.request({
    method,
    url: `${baseUrl}${path}${search}`,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': API_VERSION,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal,
  });
}

/** What GitHub gave. Throws ProviderError for a refusal, and for a body that is not what it should be. */
export function answerOf(response: EgressResponse, now: number, asked: Asked): ApiAnswer {
  if (response.status < 200 || response.status > 299) throw errorFrom(response, asked, now);
  const data = parse(response, asked);
  if (typeof data !== 'object' || data === null) throw unreadable(asked);
  return { data, response };
}

function parse(response: EgressResponse, asked: Asked): unknown {
  try {
    return JSON.parse(response.text());
  } catch (cause) {
    throw unreadable(asked, cause);
  }
}
