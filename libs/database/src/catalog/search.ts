import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { rows } from '../sql';
import type { IntegrationEntity } from './integration.entity';

/** So many matches are few: they are read and sorted. Where there are more, a look at the newest soon has a page of them. */
const FEW = 1_000;

/**
 * What to_tsquery takes for "each of these words begins a word": `acme git` is `'acme':* & 'git':*`. Letters, digits and
 * their marks make words, as in the column `words`, so that nothing of the caller's is read as an operator.
 */
export function prefixQuery(text: string): string {
  const words = text.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map((word) => `'${word}':*`).join(' & ');
}

/**
 * Keeps of a query over integrations `i` what matches. PostgreSQL cannot tell a rare beginning of a word from a common one,
 * and walks through all registrations for a rare one: so the index is asked first.
 */
export async function narrowToMatches(
  query: SelectQueryBuilder<IntegrationEntity>,
  manager: EntityManager,
  words: string,
): Promise<void> {
  const matching = `matching_integrations(to_tsquery('pg_catalog.simple', $1), $2)`;
  narrowToFew(query, 'found', await firstOf(manager, matching, words));
  // `words` is a column of the table alone: nobody reads it. A match may have been renamed since.
  query.andWhere(`i.words @@ to_tsquery('pg_catalog.simple', :words)`, { words });
}

/** Likewise what has the tag: PostgreSQL may not use the index of tags for a tenant. */
export async function narrowToTagged(
  query: SelectQueryBuilder<IntegrationEntity>,
  manager: EntityManager,
  tag: string,
): Promise<void> {
  narrowToFew(query, 'tagged', await firstOf(manager, 'tagged_integrations($1, $2)', tag));
  query.andWhere('i.tags @> ARRAY[:tag]::text[]', { tag });
}

async function firstOf(manager: EntityManager, matching: string, what: string): Promise<string[]> {
  const found = await rows<{ id: string }>(manager, `SELECT id FROM ${matching} AS id`, [what, FEW]);
  return found.map(({ id }) => id);
}

function narrowToFew(query: SelectQueryBuilder<IntegrationEntity>, name: string, ids: readonly string[]): void {
  if (ids.length < FEW) query.andWhere(`i.id = ANY(:${name})`, { [name]: ids });
}
