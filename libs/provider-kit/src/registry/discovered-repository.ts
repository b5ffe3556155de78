import type { DiscoveredRepository } from '@integrations/contracts';

/** A repository by its full name, such as `team/app`. `url` is its address, unless `known` has its web page. */
export function discoveredRepository(
  endpoint: string,
  name: string,
  known: Partial<DiscoveredRepository> = {},
): DiscoveredRepository {
  const slash = name.lastIndexOf('/');
  return {
    id: name,
    owner: name.slice(0, Math.max(0, slash)),
    name: name.slice(slash + 1),
    url: `${endpoint}/${name}`,
    ...{ defaultBranch: null, visibility: null, archived: false },
    ...known,
  };
}

/** Null if the vendor does not say. */
export function visibilityOf(isPrivate: unknown): DiscoveredRepository['visibility'] {
  if (typeof isPrivate !== 'boolean') return null;
  return isPrivate ? 'private' : 'public';
}
