import type { Page } from '@integrations/contracts';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { InvalidCursor } from './errors';

/** Which page of a list: at most `limit` items, after the one that `cursor` names. */
export interface PageRequest {
  readonly limit: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

interface Position {
  readonly at: Date;
  readonly id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Newest first by (time, id): what is inserted meanwhile moves nothing on the pages that follow. The time column has
 * millisecond precision, as a JavaScript Date has, or rows between two milliseconds would be skipped.
 */
export async function newestFirst<E extends ObjectLiteral & { id: string }, K extends keyof E & string>(
  query: SelectQueryBuilder<E>,
  time: K,
  page: PageRequest,
): Promise<Page<E>> {
  const column = `${query.alias}.${time}`;
  const id = `${query.alias}.id`;
  if (page.cursor !== undefined) {
    const after = decode(page.cursor);
    query.andWhere(`(${column}, ${id}) < (:cursorAt, :cursorId)`, { cursorAt: after.at, cursorId: after.id });
  }
  const found = await query
    .orderBy(column, 'DESC')
    .addOrderBy(id, 'DESC')
    .limit(page.limit + 1)
    .getMany();
  return pageOf(found, page.limit, (last) => `${last[time].getTime()} ${last.id}`);
}

/** Of what was found when one more was looked for than the page holds, which tells whether another page follows. */
export function pageOf<R>(found: readonly R[], limit: number, positionOf: (last: R) => string): Page<R> {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last ? Buffer.from(positionOf(last)).toString('base64url') : null };
}

/** What `positionOf` said, or whatever somebody made up. */
export function positionIn(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

function decode(cursor: string): Position {
  const [time, id, ...rest] = positionIn(cursor).split(' ');
  const at = new Date(/^\d{1,15}$/.test(time ?? '') ? Number(time) : NaN);
  if (rest.length > 0 || id === undefined || !UUID.test(id) || Number.isNaN(at.getTime())) throw new InvalidCursor();
  return { at, id };
}
