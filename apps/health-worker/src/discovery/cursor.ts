import { createHash } from 'node:crypto';
import { RequestRejected } from '@integrations/bus';
import type { DiscoverPageQuery, Page, VendorPageQuery } from '@integrations/contracts';
import type { DiscoveryQuery } from '@integrations/provider-kit';

/** The list that a cursor belongs to; it is valid in no other. */
export interface ListOf {
  readonly integrationId: string;
  readonly kind: string;
  /** What the list is restricted to, such as the name of a repository. */
  readonly of?: readonly string[];
  readonly q: string | null;
}

const CHECK_LENGTH = 16;

/** Adds a check to a plugin's cursor, so that a changed cursor, or one of another list, is refused. Hides nothing. */
export function seal(position: string, list: ListOf): string {
  return Buffer.from(`${checkOf(position, list)}${position}`).toString('base64url');
}

/** The position that was sealed for this list; null for anything else. */
export function unseal(cursor: string, list: ListOf): string | null {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(CHECK_LENGTH);
  return seal(position, list) === cursor ? position : null;
}

/**
 * The plugin's cursor; null for the beginning of the list. Throws RequestRejected `invalid_request` for anything not
 * sealed for this list.
 */
function positionIn(list: ListOf, cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const position = unseal(cursor, list);
  if (position !== null) return position;
  const message = 'must be the nextCursor of a page of the same list';
  throw RequestRejected.forFields('invalid_request', [{ field: 'cursor', message }]);
}

/** The query to a plugin for a page of this list. Throws as `positionIn` does. */
export function pageQuery({ limit, cursor }: VendorPageQuery, list: ListOf): DiscoveryQuery {
  return { limit, cursor: positionIn(list, cursor), q: list.q };
}

/** The search text in lower case, as plugins expect it; null for none. */
export function searched({ q }: DiscoverPageQuery): string | null {
  return q?.toLowerCase() ?? null;
}

/** The page, with a cursor that is valid for this list only. */
export function sealed<T>({ items, nextCursor }: Page<T>, list: ListOf): Page<T> {
  return { items, nextCursor: nextCursor === null ? null : seal(nextCursor, list) };
}

function checkOf(position: string, { integrationId, kind, of = [], q }: ListOf): string {
  const parts = JSON.stringify([integrationId, kind, of, q, position]);
  return createHash('sha256').update(parts).digest('hex').slice(0, CHECK_LENGTH);
}
