import type { DiscoveredRepository } from '@integrations/contracts';
import { type Discovery, foreignCursor } from '@integrations/provider-kit';
import type { InMemoryClient } from './client';

/** The simulated vendor's repositories. Annotations can be posted to any other repository as well. */
const REPOSITORIES: readonly DiscoveredRepository[] = ['shop', 'docs', 'attic'].map((name, index) => ({
  id: String(index + 1),
  owner: 'acme',
  name,
  url: `memory://acme/${name}`,
  defaultBranch: 'main',
  visibility: 'private',
  archived: name === 'attic',
}));

/** A list with the features of a real one: pages, a validated cursor, and search. */
export function inMemoryDiscovery(client: InMemoryClient): Discovery {
  return {
    repositories: async ({ limit, cursor, q }, signal) => {
      const start = cursor === null ? 0 : positionOf(cursor);
      await client.identify(signal);
      const matching = REPOSITORIES.filter(({ owner, name }) => q === null || `${owner}/${name}`.includes(q));
      const end = start + limit;
      return { items: matching.slice(start, end), nextCursor: end < matching.length ? String(end) : null };
    },
  };
}

function positionOf(cursor: string): number {
  if (/^[1-9]\d{0,5}$/.test(cursor)) return Number(cursor);
  throw foreignCursor();
}
