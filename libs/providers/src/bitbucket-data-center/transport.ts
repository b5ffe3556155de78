import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to the context path, with its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The expected content of the answer; JSON if absent. */
  readonly reads?: 'text';
}

/** A 2xx answer of Bitbucket. */
export interface ApiAnswer {
  /** A JSON object; empty if the answer was empty or text. */
  readonly data: object;
  /** Empty except for requests that read text. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes one call and returns the response, whatever its status. */
export function send(
  egress: Egress,
  base: string,
  { method, path, query, body, reads }: ApiRequest,
  token: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const headers = {
    accept: reads === 'text' ? 'text/plain' : 'application/json',
    authorization: `Bearer ${token}`,
    // Without this header Bitbucket treats a write as a forged browser request.
    ...(method === 'GET' ? {} : { 'x-atlassian-token': 'no-check' }),
  };
  return sendJson(egress, { method, url: `${base}${path}`, query, headers, body }, signal);
}

/** The data of an answer. Throws ProviderError for a refusal, and for a body of the wrong kind. */
export function answerOf(response: EgressResponse, { reads }: ApiRequest, now: number, what: string): ApiAnswer {
  const { status, headers } = response;
  if (status < 200 || status > 299) throw errorFrom(response, what, now);
  const text = response.text();
  if (reads === 'text') {
    if (/html|json/.test(headers['content-type'] ?? '')) throw unreadable(what);
    return { data: {}, text, headers };
  }
  const data = text === '' ? {} : readJson(text, (cause) => unreadable(what, cause));
  return { data, text: '', headers };
}
