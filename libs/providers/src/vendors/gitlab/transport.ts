import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { errorFrom, unreadable } from './errors';

/** The headers that can carry the token. */
export const TOKEN_HEADERS = ['PRIVATE-TOKEN', 'Authorization', 'JOB-TOKEN'] as const;
export type TokenHeader = (typeof TOKEN_HEADERS)[number];

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to `/api/v4`, with its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A 2xx answer of GitLab whose body is a JSON object or array; an empty object for a 204. */
export interface ApiAnswer {
  readonly data: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes one call and returns the response, whatever its status. */
export function send(
  egress: Egress,
  instance: string,
  { method, path, query, body }: ApiRequest,
  token: { readonly header: TokenHeader; readonly value: string },
  signal: AbortSignal,
): Promise<EgressResponse> {
  const headers = { [token.header]: token.header === 'Authorization' ? `Bearer ${token.value}` : token.value };
  return sendJson(egress, { method, url: `${instance}/api/v4${path}`, query, headers, body }, signal);
}

/** The data of an answer. Throws ProviderError for a refusal, and for a body that is not JSON. */
export function answerOf(response: EgressResponse, now: number, what: string): ApiAnswer {
  const { status, headers } = response;
  if (status < 200 || status > 299) throw errorFrom(response, what, now);
  if (status === 204) return { data: {}, headers };
  return { data: readJson(response.text(), (cause) => unreadable(what, cause)), headers };
}
