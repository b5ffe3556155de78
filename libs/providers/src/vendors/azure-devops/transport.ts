import { type Egress, type EgressResponse, hasCode, readJson, sendJson } from '@integrations/provider-kit';
import { asksToSignIn, errorFrom, unreadable } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** From the organization on; its parts are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** An answer of Azure DevOps whose status is fine and whose body is a JSON object or array. */
export interface ApiAnswer {
  readonly data: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** Of whose versions only previews exist. */
const PREVIEWS = ['/_apis/connectionData'];
const SIGN_IN_HOSTS = /redirects to https:\/\/([\w-]+\.)*(vssps\.visualstudio\.com|login\.microsoftonline\.com)(:|$)/;
const SIGN_IN_PAGE = /<title>\s*Azure DevOps[^<]*Sign In|\/_signin\?|vssps\.visualstudio\.com/i;

/** The URL of a call. */
export function urlOf(organization: string, { path, query = {} }: ApiRequest, apiVersion: string): string {
  const version = PREVIEWS.includes(path) ? `${apiVersion}-preview` : apiVersion;
  return `${organization}${path}?${new URLSearchParams({ ...query, 'api-version': version })}`;
}

/** One call. Whatever Azure DevOps answers is a response, but where it sends us to sign in. */
export async function send(
  egress: Egress,
  url: string,
  { method, path, body }: ApiRequest,
  authorization: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  try {
    // Without that header a credential that it does not take is answered with a page to sign in.
    const headers = { authorization, 'x-tfs-fedauthredirect': 'Suppress' };
    return await sendJson(egress, { method, url, headers, body }, signal);
  } catch (error) {
    if (!hasCode(error, 'egress_blocked') || !SIGN_IN_HOSTS.test(error.message.split(': ')[0]!)) throw error;
    throw asksToSignIn(`${method} ${path}`, error);
  }
}

/** What Azure DevOps gave. Throws ProviderError for a refusal, and for a body that is not what it should be. */
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
