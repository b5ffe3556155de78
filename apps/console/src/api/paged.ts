import type { Page } from '@integrations/contracts';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { callApi, type Query } from './call';
import { OF_VENDOR } from './query-client';

export interface Paged<T> {
  /** Of all pages that were asked for so far. */
  readonly items: readonly T[];
  readonly loading: boolean;
  /** The items are those of the filters before, until the present ones are answered. */
  readonly outdated: boolean;
  readonly error: Error | null;
  /** The error is that of asking for more, not that of what is shown. */
  readonly moreFailed: boolean;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  /** After an error: asks again for what failed. */
  readonly retry: () => void;
}

/** Who asks for more gets as much as the API gives at once: each page that is shown is a request of its own each time. */
const MORE = 200;

/** A list of the API, page by page. `everyMs`: asked for again that often while it is looked at. */
export function usePaged<T>(path: string, query: Query, everyMs?: number): Paged<T> {
  const again = everyMs === undefined ? {} : { refetchInterval: everyMs };
  return usePages<T>(path, query, [], { more: MORE, ...again });
}

/** A list of a vendor. `reached`: where and as whom the vendor is asked. */
export function useVendorPaged<T>(path: string, query: Query, reached: unknown): Paged<T> {
  return usePages<T>(path, query, [reached], ASK_SELDOM);
}

/** Of what a vendor answers: each question is a request there, with the credential. */
export const ASK_SELDOM = {
  meta: OF_VENDOR,
  staleTime: 60_000,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
  refetchInterval: false,
} as const;

interface PageOptions {
  /** How many a page has after the first; as many as the first if absent. */
  readonly more?: number;
  readonly meta?: typeof OF_VENDOR;
  readonly staleTime?: number;
  readonly refetchOnWindowFocus?: boolean;
  readonly refetchOnReconnect?: boolean;
  readonly refetchInterval?: number | false;
}

function usePages<T>(path: string, query: Query, reached: readonly unknown[], options: PageOptions): Paged<T> {
  const { more, ...asking } = options;
  const list = useInfiniteQuery({
    queryKey: [path, query, ...reached],
    queryFn: ({ pageParam: cursor, signal }) =>
      callApi<Page<T>>(path, { query: { ...query, cursor, limit: cursor && more }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    ...asking,
  });
  const loadMore = () => void (list.isFetchingNextPage || list.fetchNextPage());
  return {
    items: list.data?.pages.flatMap(({ items }) => items) ?? [],
    loading: list.isPending,
    outdated: list.isPlaceholderData,
    error: list.error,
    moreFailed: list.isFetchNextPageError,
    hasMore: list.hasNextPage,
    loadingMore: list.isFetchingNextPage,
    loadMore,
    retry: () => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch()),
  };
}
