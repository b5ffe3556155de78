import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to `/2.0`, with its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Makes one call and returns the response, whatever its status. */
export function send(
  egress: Egress,
  api: string,
  { method, path, query, body }: ApiRequest,
  authorization: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  return sendJson(egress, { method, url: `${api}${path}`, query, headers: { authorization }, body }, signal);
}

/** The JSON object or array of an answer; an empty object for a 204. Throws ProviderError for anything else. */
export function dataOf(response: EgressResponse, now: number, what: string): object {
  if (response.status < 200 || response.status > 299) throw errorFrom(response, what, now);
  if (response.status === 204) return {};
  return readJson(response.text(), (cause) => unreadable(what, cause));
}
