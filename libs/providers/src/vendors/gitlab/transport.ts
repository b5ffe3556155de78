import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { errorFrom, unreadable } from './errors';

/** How GitLab is told who we are, by the header that carries the token. */
export const TOKEN_HEADERS = ['PRIVATE-TOKEN', 'Authorization', 'JOB-TOKEN'] as const;
export type TokenHeader = (typeof TOKEN_HEADERS)[number];

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From `/api/v4` on; its parts are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** An answer of GitLab whose status is 2xx and whose body is a JSON object or array; of a 204, an empty object. */
export interface ApiAnswer {
  readonly data: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** One call. Whatever GitLab answers is a response. */
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

/** What GitLab gave. Throws ProviderError for a refusal, and for a body that is not what it should be. */
export function answerOf(response: EgressResponse, now: number, what: string): ApiAnswer {
  const { status, headers } = response;
  if (status < 200 || status > 299) throw errorFrom(response, what, now);
  if (status === 204) return { data: {}, headers };
  return { data: readJson(response.text(), (cause) => unreadable(what, cause)), headers };
}
