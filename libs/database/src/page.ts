import type { Page } from '@integrations/contracts';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { InvalidCursor } from './errors';

/** A page of a list: at most `limit` items, after the item that `cursor` names. */
export interface PageRequest {
  readonly limit: number;
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined;
}

interface Position {
  readonly at: Date;
  readonly id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Newest first by (time, id), so that new rows do not shift the pages that follow. The time column must have the
 * millisecond precision of a JavaScript Date, or rows between two milliseconds would be skipped.
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

/** Builds a page from a query with limit + 1; the extra row shows that another page follows. */
export function pageOf<R>(found: readonly R[], limit: number, positionOf: (last: R) => string): Page<R> {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last ? Buffer.from(positionOf(last)).toString('base64url') : null };
}

/** The position that `positionOf` encoded. The caller must validate it: a client may send any cursor. */
export function positionIn(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

function decode(cursor: string): Position {
  const [time, id, ...rest] = positionIn(cursor).split(' ');
  const at = new Date(/^\d{1,15}$/.test(time ?? '') ? Number(time) : NaN);
  if (rest.length > 0 || id === undefined || !UUID.test(id) || Number.isNaN(at.getTime())) throw new InvalidCursor();
  return { at, id };
}
