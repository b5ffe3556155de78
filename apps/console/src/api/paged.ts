import type { Page } from '@integrations/contracts';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { callApi, type Query } from './call';
import { OF_VENDOR } from './query-client';
import { VENDOR_LIMIT_MS } from './time-limit';

export interface Paged<T> {
  /** The items of all pages fetched so far. */
  readonly items: readonly T[];
  readonly loading: boolean;
  /** True while the items still belong to the previous filters. */
  readonly outdated: boolean;
  readonly error: Error | null;
  /** True if `error` is about fetching a further page, not about the pages shown. */
  readonly moreFailed: boolean;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  /** After an error: repeats the request that failed. */
  readonly retry: () => void;
}

/** Size of further pages: the most that the API allows, because each refresh sends one request per page shown. */
const MORE = 200;

/** A list of the API, page by page. `everyMs`: how often it is fetched again while it is visible. */
export function usePaged<T>(path: string, query: Query, everyMs?: number): Paged<T> {
  const again = everyMs === undefined ? {} : { refetchInterval: everyMs };
  return usePages<T>(path, query, [], { more: MORE, ...again });
}

/** A list from a vendor. `reached`: the settings that determine where and as whom the vendor is called. */
export function useVendorPaged<T>(path: string, query: Query, reached: unknown): Paged<T> {
  return usePages<T>(path, query, [reached], { limitMs: VENDOR_LIMIT_MS, ...ASK_SELDOM });
}

/** Query options for vendor data, because each fetch is a request to the vendor with the credential. */
export const ASK_SELDOM = {
  meta: OF_VENDOR,
  staleTime: 60_000,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
  refetchInterval: false,
} as const;

interface PageOptions {
  /** Size of each page after the first. Defaults to the size of the first. */
  readonly more?: number;
  /** Time limit of each request. Defaults to that of `callApi`. */
  readonly limitMs?: number;
  readonly meta?: typeof OF_VENDOR;
  readonly staleTime?: number;
  readonly refetchOnWindowFocus?: boolean;
  readonly refetchOnReconnect?: boolean;
  readonly refetchInterval?: number | false;
}

function usePages<T>(path: string, query: Query, reached: readonly unknown[], options: PageOptions): Paged<T> {
  const { more, limitMs, ...asking } = options;
  const list = useInfiniteQuery({
    queryKey: [path, query, ...reached],
    queryFn: ({ pageParam: cursor, signal }) =>
      callApi<Page<T>>(path, { query: { ...query, cursor, limit: cursor && more }, signal, limitMs }),
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
