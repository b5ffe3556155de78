import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the context path on; its parts are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** What is to come back; JSON if absent. */
  readonly reads?: 'text';
}

/** An answer of Bitbucket whose status is 2xx. */
export interface ApiAnswer {
  /** A JSON object; an empty one where nothing or text came back. */
  readonly data: object;
  /** Empty but for requests that read text. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One call. Whatever Bitbucket answers is a response. */
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
    // Without it whatever writes is taken for a forged request of a browser.
    ...(method === 'GET' ? {} : { 'x-atlassian-token': 'no-check' }),
  };
  return sendJson(egress, { method, url: `${base}${path}`, query, headers, body }, signal);
}

/** What Bitbucket gave. Throws ProviderError for a refusal, and for a body that is not what it should be. */
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
