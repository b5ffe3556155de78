import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { rows } from '../sql';
import type { IntegrationEntity } from './integration.entity';

/** Fewer matches than this are read and sorted. With more, walking through the newest rows soon fills a page. */
const FEW = 1_000;

/**
 * Turns text into input for to_tsquery in which each word is a prefix: `acme git` becomes `'acme':* & 'git':*`. Words
 * consist of letters, digits and their marks, as in the column `words`, so no text of the caller acts as an operator.
 */
export function prefixQuery(text: string): string {
  const words = text.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map((word) => `'${word}':*`).join(' & ');
}

/**
 * Narrows a query over integrations `i` to matches. PostgreSQL cannot tell a rare prefix from a common one and would walk
 * through all registrations for a rare one, so the index is queried first.
 */
export async function narrowToMatches(
  query: SelectQueryBuilder<IntegrationEntity>,
  manager: EntityManager,
  words: string,
): Promise<void> {
  const matching = `matching_integrations(to_tsquery('pg_catalog.simple', $1), $2)`;
  narrowToFew(query, 'found', await firstIds(manager, matching, words));
  // Checked again because a match may have been renamed since. The entity has no property for the column `words`.
  query.andWhere(`i.words @@ to_tsquery('pg_catalog.simple', :words)`, { words });
}

/** Likewise for a tag: under row-level security PostgreSQL may not use the index of tags. */
export async function narrowToTagged(
  query: SelectQueryBuilder<IntegrationEntity>,
  manager: EntityManager,
  tag: string,
): Promise<void> {
  narrowToFew(query, 'tagged', await firstIds(manager, 'tagged_integrations($1, $2)', tag));
  query.andWhere('i.tags @> ARRAY[:tag]::text[]', { tag });
}

async function firstIds(manager: EntityManager, matching: string, what: string): Promise<string[]> {
  const found = await rows<{ id: string }>(manager, `SELECT id FROM ${matching} AS id`, [what, FEW]);
  return found.map(({ id }) => id);
}

function narrowToFew(query: SelectQueryBuilder<IntegrationEntity>, name: string, ids: readonly string[]): void {
  if (ids.length < FEW) query.andWhere(`i.id = ANY(:${name})`, { [name]: ids });
}
