import type { Metadata } from '@gitbeaker/rest';
import { ProviderError } from '@integrations/provider-kit';
import type { ApiAnswer, ApiRequest } from './transport';

export const PER_PAGE = 100;

type Options = ConstructorParameters<typeof Metadata>[0];
type Requester = ReturnType<NonNullable<Options['requesterFn']>>;

/** The resource classes of Gitbeaker that we read through. */
export type Resources = Awaited<ReturnType<typeof resources>>;

/** Gitbeaker's answer to a request for one page. */
export interface ListPage {
  readonly data?: unknown;
  readonly paginationInfo?: { readonly next?: number | null };
}

/**
 * Gitbeaker's resource classes for reading, over `call`. Gitbeaker's own requester retries calls and copies GitLab's
 * answers into its errors. Imported on first use: the import takes longer than the rest of a start, and apps that only
 * list providers never need it.
 */
export async function resources(call: (request: ApiRequest) => Promise<ApiAnswer>) {
  const gitbeaker = await import('@gitbeaker/rest');
  // `call` supplies the address, the token and the timeout.
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

/** `base`: `/api/v4` and the common prefix of a resource's paths. */
function requesterOver(call: (request: ApiRequest) => Promise<ApiAnswer>, base: string): Requester {
  const prefix = base.replace(/^\/api\/v4/, '').replace(/\/$/, '');
  const get = async (endpoint: string, options: { readonly searchParams?: Record<string, unknown> } = {}) => {
    const query = queryOf(options.searchParams ?? {});
    const { data, headers } = await call({ method: 'GET', path: `${prefix}/${endpoint}`, query });
    return { body: data, status: 200, headers: { ...headers, 'x-next-page': nextPage(data, headers, query) } };
  };
  const refuse = () => Promise.reject(new ProviderError('internal', 'writes do not go through Gitbeaker'));
  return { get, post: refuse, put: refuse, patch: refuse, delete: refuse } as Requester;
}

/** Gitbeaker names parameters in camelCase, GitLab in snake_case. */
function queryOf(parameters: Record<string, unknown>): Record<string, string> {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), String(value)]),
  );
}

/** Some proxies drop headers that they do not know. Without the header, a full page is assumed to have a next one. */
function nextPage(data: object, headers: ApiAnswer['headers'], { page, per_page }: Record<string, string>): string {
  const next = headers['x-next-page'];
  if (next !== undefined || page === undefined) return next ?? '';
  return Array.isArray(data) && data.length >= Number(per_page) ? String(Number(page) + 1) : '';
}
