import { type OuterPage, ProviderError } from '@integrations/provider-kit';
import type { GitHubClient } from './client';
import { unreadable } from './errors';
import { hasNext, PER_PAGE } from './repository';

const PATH = '/installation/repositories';

/** The fields we use of a repository. */
export interface InstalledRepository {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string };
  readonly html_url: string;
  readonly default_branch?: string | null;
  readonly visibility?: string;
  readonly private?: boolean;
  readonly archived?: boolean;
}

/**
 * One page of the repositories of the configured installation. Throws `unsupported_operation` if none is configured.
 */
// https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation
export async function installationRepositories(
  client: GitHubClient,
  page: number,
  signal: AbortSignal,
): Promise<OuterPage<InstalledRepository>> {
  const { installationId } = client.config;
  if (installationId === undefined) {
    // The app may also be installed by strangers, whose repositories must not be listed here.
    const message = 'GitHub: set config.installationId to list repositories';
    throw new ProviderError('unsupported_operation', message);
  }
  const request = { method: 'GET', path: PATH, query: { per_page: PER_PAGE, page } } as const;
  const answer = await client.asInstallationId(installationId, request, signal);
  const { repositories } = answer.data as { repositories?: unknown };
  if (!Array.isArray(repositories) || !repositories.every(isRepository)) {
    throw unreadable(`GET ${PATH}`);
  }
  return { items: repositories, isLast: !hasNext(answer, repositories.length) };
}

function isRepository(value: unknown): value is InstalledRepository {
  const { id, name, owner } = (value ?? {}) as Partial<InstalledRepository>;
  return typeof id === 'number' && typeof name === 'string' && typeof owner?.login === 'string';
}
