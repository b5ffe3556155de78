import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to `/api/v1`, with its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A 2xx answer of Gitea whose body is a JSON object or array; an empty object for a 204. */
export interface ApiAnswer {
  readonly data: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes one call and returns the response, whatever its status. */
export function send(
  egress: Egress,
  instance: string,
  { method, path, query, body }: ApiRequest,
  token: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const accept = path.endsWith('.diff') ? 'text/plain' : 'application/json';
  const headers = { accept, authorization: `token ${token}` };
  return sendJson(egress, { method, url: `${instance}/api/v1${path}`, query, headers, body }, signal);
}

/** The data of a successful response. Throws ProviderError if its body is not JSON. */
export function answerOf(response: EgressResponse, what: string): ApiAnswer {
  const { status, headers } = response;
  if (status === 204) return { data: {}, headers };
  return { data: readJson(response.text(), (cause) => unreadable(what, cause)), headers };
}

/** Returns a 2xx response. Throws ProviderError for a refusal. */
export function successOf(response: EgressResponse, now: number, what: string): EgressResponse {
  if (response.status >= 200 && response.status <= 299) return response;
  throw errorFrom(response, what, now);
}
