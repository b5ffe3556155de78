import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/api/v1` on; its parts are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** An answer of Gitea whose status is 2xx and whose body is a JSON object or array; of a 204, an empty object. */
export interface ApiAnswer {
  readonly data: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** One call. Whatever Gitea answers is a response. */
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

/** Throws ProviderError for a refusal, and for a body that is not what it should be. */
export function answerOf(response: EgressResponse, what: string): ApiAnswer {
  const { status, headers } = response;
  if (status === 204) return { data: {}, headers };
  return { data: readJson(response.text(), (cause) => unreadable(what, cause)), headers };
}

/** Throws ProviderError for a refusal. */
export function successOf(response: EgressResponse, now: number, what: string): EgressResponse {
  if (response.status >= 200 && response.status <= 299) return response;
  throw errorFrom(response, what, now);
}
