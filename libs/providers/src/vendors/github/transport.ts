import { type Egress, type EgressResponse, readJson, sendJson } from '@integrations/provider-kit';
import { type Asked, errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to the base URL, with its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
}

/** A 2xx answer of GitHub whose body is a JSON object or array; an empty object for a 204. */
export interface ApiAnswer {
  readonly data: unknown;
  readonly response: EgressResponse;
}

// The newest version that every supported GitHub Enterprise Server has.
const API_VERSION = '2022-11-28';

/** The only path of GraphQL. On GitHub Enterprise Server it is next to REST's `/api/v3`, not below it. */
export const GRAPHQL = '/graphql';

/**
 * Makes one call and returns the response, whatever its status. Throws what the egress client throws. The egress client
 * follows the redirects of renamed repositories, but repeats a write for 307 and 308 only; GitHub also uses 301 and
 * 302.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export async function send(
  egress: Egress,
  baseUrl: string,
  { method, path, query, body }: ApiRequest,
  token: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': API_VERSION,
  };
  const ask = (url: string) => sendJson(egress, { method, url, headers, body }, signal);
  const response = await ask(urlOf(baseUrl, path, query));
  const moved = response.status === 301 || response.status === 302 ? response.headers['location'] : undefined;
  // The egress client allows the same origin only.
  return moved === undefined ? response : ask(URL.parse(moved, baseUrl)?.href ?? moved);
}

function urlOf(baseUrl: string, path: string, query: ApiRequest['query']): string {
  const base = path === GRAPHQL ? baseUrl.replace(/\/api\/v3$/, '/api') : baseUrl;
  return `${base}${path}${query ? `?${new URLSearchParams(query as Record<string, string>)}` : ''}`;
}

/** The data of an answer. Throws ProviderError for a refusal, and for a body that is not JSON. */
export function answerOf(response: EgressResponse, now: number, asked: Asked): ApiAnswer {
  if (response.status < 200 || response.status > 299) throw errorFrom(response, asked, now);
  if (response.status === 204) return { data: {}, response };
  const data = readJson(response.text(), (cause) => unreadable(asked.what, cause));
  const refused = refusalIn(data);
  if (refused !== null) throw errorFrom({ ...response, status: refused }, asked, now);
  return { data, response };
}

// By the `type` of an error. GitHub documents only RATE_LIMITED, and also sends RATE_LIMIT, for the hourly limit.
const GRAPHQL_REFUSALS: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  RATE_LIMIT: 429,
  RATE_LIMITED: 429,
  UNPROCESSABLE: 422,
};

/** GraphQL reports errors with status 200: returns the status that REST would have used, or null without an error. */
function refusalIn(data: object): number | null {
  const { errors } = data as { errors?: unknown };
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const { type } = errors[0] as { type?: unknown };
  return GRAPHQL_REFUSALS[String(type)] ?? 500;
}
