import { ProviderError } from '@integrations/provider-kit';
import { unreadable } from '../vendors/azure-devops/errors';
import { MAX_PAGES } from './limits';
import { pullRequestPath } from './pull-requests';
import type { RepositoryClient } from './repository';

const PER_PAGE = 1_000;

/** A file that an iteration changes, compared with the merge base. */
export interface ChangedFile {
  /** Azure DevOps follows the file through the iterations by this id. */
  readonly changeTrackingId: number;
  readonly isDeleted: boolean;
}

/** The fields we use of a page of changes. */
interface ChangesPage {
  readonly changeEntries?: Change[];
  readonly nextSkip?: number;
}

interface Change {
  readonly changeTrackingId: number;
  readonly changeType: string;
  readonly item?: { readonly path?: string };
}

/** The changed files by path, relative to the root of the repository. */
export async function readChanges(
  repository: RepositoryClient,
  pullRequestNumber: number,
  iteration: number,
): Promise<ReadonlyMap<string, ChangedFile>> {
  const path = `${pullRequestPath(pullRequestNumber)}/iterations/${iteration}/changes`;
  const files = new Map<string, ChangedFile>();
  for (let skip = 0, pages = 0; pages < MAX_PAGES; pages++) {
    const query = { $top: String(PER_PAGE), $skip: String(skip) };
    const { changeEntries, nextSkip } = await repository.get<ChangesPage>(path, query);
    if (!Array.isArray(changeEntries)) throw unreadable(`GET ${path}`);
    for (const { changeTrackingId, changeType, item } of changeEntries) {
      const name = item?.path?.replace(/^\//, '');
      if (name) files.set(name, { changeTrackingId, isDeleted: changeType.includes('delete') });
    }
    if (!nextSkip) return files;
    skip = nextSkip;
  }
  throw new ProviderError('limit_reached', 'Azure DevOps: the pull request changes too many files to look through');
}
