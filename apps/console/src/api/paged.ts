import type { Page } from '@integrations/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { callApi, type Query } from './call';

export interface Paged<T> {
  /** Of all pages that were asked for so far. */
  readonly items: readonly T[];
  readonly loading: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
}

/** A list of the API, page by page. `everyMs`: asked for again that often while it is looked at. */
export function usePaged<T>(path: string, query: Query, everyMs: number | false = false): Paged<T> {
  const list = useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam, signal }) => callApi<Page<T>>(path, { query: { ...query, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: everyMs,
  });
  return {
    items: list.data?.pages.flatMap(({ items }) => items) ?? [],
    loading: list.isPending,
    error: list.error,
    hasMore: list.hasNextPage,
    loadingMore: list.isFetchingNextPage,
    loadMore: () => void list.fetchNextPage(),
  };
}
