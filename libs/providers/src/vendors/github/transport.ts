import { type Egress, type EgressResponse, readJson } from '@integrations/provider-kit';
import { type Asked, errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the base URL on; its parts are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
}

/** An answer of GitHub whose status is 2xx and whose body is a JSON object or array; of a 204, an empty object. */
export interface ApiAnswer {
  readonly data: unknown;
  readonly response: EgressResponse;
}

// The newest version that every supported GitHub Enterprise Server knows.
const API_VERSION = '2022-11-28';

/** The one path of GraphQL; on GitHub Enterprise Server it is beside REST's `/api/v3`. */
export const GRAPHQL = '/graphql';

/**
 * One call. Whatever GitHub answers is a response; throws what the egress throws, which follows redirects of renamed
 * repositories, but repeats a write for 307 and 308 only. GitHub means 301 and 302 for writes as well.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export async function send(
  egress: Egress,
  baseUrl: string,
  { method, path, query, body }: ApiRequest,
  token: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const call = {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': API_VERSION,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal,
  };
  const response = await egress.request({ ...call, url: urlOf(baseUrl, path, query) });
  const moved = response.status === 301 || response.status === 302 ? response.headers['location'] : undefined;
  // The egress lets it go nowhere but to the same origin.
  return moved === undefined ? response : egress.request({ ...call, url: URL.parse(moved, baseUrl)?.href ?? moved });
}

function urlOf(baseUrl: string, path: string, query: ApiRequest['query']): string {
  const base = path === GRAPHQL ? baseUrl.replace(/\/api\/v3$/, '/api') : baseUrl;
  return `${base}${path}${query ? `?${new URLSearchParams(query as Record<string, string>)}` : ''}`;
}

/** What GitHub gave. Throws ProviderError for a refusal, and for a body that is not what it should be. */
export function answerOf(response: EgressResponse, now: number, asked: Asked): ApiAnswer {
  if (response.status < 200 || response.status > 299) throw errorFrom(response, asked, now);
  if (response.status === 204) return { data: {}, response };
  const data = readJson(response.text(), (cause) => unreadable(asked.what, cause));
  const refused = refusalIn(data);
  if (refused !== null) throw errorFrom({ ...response, status: refused }, asked, now);
  return { data, response };
}

// The `type` of an error; GitHub documents RATE_LIMITED only.
const GRAPHQL_REFUSALS: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  UNPROCESSABLE: 422,
};

/** GraphQL refuses with a 200: the status that REST would have answered with. */
function refusalIn(data: object): number | null {
  const { errors } = data as { errors?: unknown };
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const { type } = errors[0] as { type?: unknown };
  return GRAPHQL_REFUSALS[String(type)] ?? 500;
}
