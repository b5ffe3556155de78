import { foreignCursor, type UpstreamPage } from './paging';

/** A page of an outer list. Pages are numbered from 1, items from 0. */
export interface OuterPage<T> {
  readonly items: readonly T[];
  readonly isLast: boolean;
}

const POSITION = /^(\d{1,5})\.(\d{1,4})\?(.*)$/s;

/**
 * Makes the `fetch` of `pageOf` for a list nested in another, such as the workflows of each repository. Each page of
 * the outer list is fetched once. `inner` receives null for the first page of its list, and then the previous page's
 * `next`.
 */
export function pagesOfEach<O, T>(
  outer: (page: number) => Promise<OuterPage<O>>,
  inner: (item: O, at: string | null) => Promise<UpstreamPage<T>>,
): (query: string) => Promise<UpstreamPage<T>> {
  let known: (OuterPage<O> & { readonly page: number }) | undefined;
  return async (query) => {
    const { page, index, at } = query.startsWith('n=') ? { page: 1, index: 0, at: null } : decodeQuery(query);
    if (known?.page !== page) known = { page, ...(await outer(page)) };
    const { items: around, isLast } = known;
    const { items, next } = index < around.length ? await inner(around[index]!, at) : { items: [], next: null };
    if (next !== null) return { items, next: `${page}.${index}?${next}` };
    if (index + 1 < around.length) return { items, next: `${page}.${index + 1}?` };
    return { items, next: isLast ? null : `${page + 1}.0?` };
  };
}

function decodeQuery(query: string): { readonly page: number; readonly index: number; readonly at: string | null } {
  const [, page, index, at] = POSITION.exec(query) ?? [];
  if (at === undefined) throw foreignCursor();
  return { page: Number(page), index: Number(index), at: at === '' ? null : at };
}
