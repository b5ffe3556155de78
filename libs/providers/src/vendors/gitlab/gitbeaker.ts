import type { Metadata } from '@gitbeaker/rest';
import { ProviderError } from '@integrations/provider-kit';
import type { ApiAnswer, ApiRequest } from './transport';

export const PER_PAGE = 100;

type Options = ConstructorParameters<typeof Metadata>[0];
type Requester = ReturnType<NonNullable<Options['requesterFn']>>;

/** Gitbeaker's resources, as far as we read through them. */
export type Resources = Awaited<ReturnType<typeof resources>>;

/**
 * Gitbeaker's resource classes, reading over `call` in place of a requester of their own, which repeats calls and puts
 * what GitLab says into its errors. Loaded late: they take longer than all else at a start, and apps that only list
 * providers do without.
 */
export async function resources(call: (request: ApiRequest) => Promise<ApiAnswer>) {
  const gitbeaker = await import('@gitbeaker/rest');
  // Address, token and time limit are those of `call`.
  const options: Options = {
    host: '',
    token: '',
    queryTimeout: 0,
    requesterFn: ({ url }) => requesterOver(call, url),
  };
  return {
    commits: new gitbeaker.Commits(options),
    discussions: new gitbeaker.MergeRequestDiscussions(options),
    notes: new gitbeaker.MergeRequestNotes(options),
    mergeRequests: new gitbeaker.MergeRequests(options),
    metadata: new gitbeaker.Metadata(options),
    tokens: new gitbeaker.PersonalAccessTokens(options),
    pipelines: new gitbeaker.Pipelines(options),
    projects: new gitbeaker.Projects(options),
    users: new gitbeaker.Users(options),
  };
}

/** `base`: `/api/v4` and what the paths of a resource have in common. */
function requesterOver(call: (request: ApiRequest) => Promise<ApiAnswer>, base: string): Requester {
  const prefix = base.replace(/^\/api\/v4/, '').replace(/\/$/, '');
  const get = async (endpoint: string, options: { readonly searchParams?: Record<string, unknown> } = {}) => {
    const query = queryOf(options.searchParams ?? {});
    const { data, headers } = await call({ method: 'GET', path: `${prefix}/${endpoint}`, query });
    return { body: data, status: 200, headers: { ...headers, 'x-next-page': nextPage(data, headers, query) } };
  };
  const refuse = () => Promise.reject(new ProviderError('internal', 'what is written does not go through Gitbeaker'));
  return { get, post: refuse, put: refuse, patch: refuse, delete: refuse } as Requester;
}

/** Gitbeaker names parameters in camelCase, GitLab in snake_case. */
function queryOf(parameters: Record<string, unknown>): Record<string, string> {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), String(value)]),
  );
}

/** Proxies drop headers that they do not know: then a full page leads on. */
function nextPage(data: object, headers: ApiAnswer['headers'], { page, per_page }: Record<string, string>): string {
  const told = headers['x-next-page'];
  if (told !== undefined || page === undefined) return told ?? '';
  return Array.isArray(data) && data.length >= Number(per_page) ? String(Number(page) + 1) : '';
}
