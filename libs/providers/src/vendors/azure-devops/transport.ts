import { type Egress, type EgressResponse, readJson, refusedRedirect, sendJson } from '@integrations/provider-kit';
import { asksToSignIn, errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Relative to the organization, with its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A 2xx answer of Azure DevOps whose body is a JSON object or array. */
export interface ApiAnswer {
  readonly data: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** Paths that exist only in preview versions of the API. */
const PREVIEWS = ['/_apis/connectionData'];
const SIGN_IN = /^https:\/\/([\w-]+\.)*(vssps\.visualstudio\.com|login\.microsoftonline\.com)(:|$)/;
const SIGN_IN_PAGE = /<title>\s*Azure DevOps[^<]*Sign In|\/_signin\?|vssps\.visualstudio\.com/i;

export function urlOf(organization: string, { path, query = {} }: ApiRequest, apiVersion: string): string {
  const version = PREVIEWS.includes(path) ? `${apiVersion}-preview` : apiVersion;
  return `${organization}${path}?${new URLSearchParams({ ...query, 'api-version': version })}`;
}

/** Makes one call and returns any response. Throws `unauthenticated` on a redirect to the sign-in page. */
export async function send(
  egress: Egress,
  url: string,
  { method, path, body }: ApiRequest,
  authorization: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  try {
    // Without this header Azure DevOps answers a refused credential with its sign-in page.
    const headers = { authorization, 'x-tfs-fedauthredirect': 'Suppress' };
    return await sendJson(egress, { method, url, headers, body }, signal);
  } catch (error) {
    if (!SIGN_IN.test(refusedRedirect(error) ?? '')) throw error;
    throw asksToSignIn(`${method} ${path}`, error);
  }
}

/** The data of an answer. Throws ProviderError for a refusal, and for a body that is not JSON. */
export function answerOf(response: EgressResponse, { method, path }: ApiRequest, now: number): ApiAnswer {
  const what = `${method} ${path}`;
  const { status, headers } = response;
  if (status === 203 || status < 200 || status > 299) throw errorFrom(response, what, now);
  const text = response.text();
  if (method === 'DELETE' && text === '') return { data: {}, headers };
  const broken = (cause: unknown) =>
    SIGN_IN_PAGE.test(text.slice(0, 65_536)) ? asksToSignIn(what, cause) : unreadable(what, cause);
  return { data: readJson(text, broken), headers };
}
