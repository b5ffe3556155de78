import type { IntegrationView } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { callApi, type Query } from '../../../api/call';
import { ASK_SELDOM, type Paged, useVendorPaged } from '../../../api/paged';
import { VENDOR_LIMIT_MS } from '../../../api/time-limit';
import { pathOf } from '../use-integration';

/** A list from the vendor; `path` is relative to the integration. */
export function useVendorList<T>(of: IntegrationView, path: string, query: Query): Paged<T> {
  return useVendorPaged<T>(`${pathOf(of.id)}${path}`, query, reached(of));
}

/** A single answer from the vendor. */
export function useVendorAnswer<T>(of: IntegrationView, path: string, query: Query) {
  const url = `${pathOf(of.id)}${path}`;
  return useQuery({
    queryKey: [url, query, reached(of)],
    queryFn: ({ signal }) => callApi<T>(url, { query, signal, limitMs: VENDOR_LIMIT_MS }),
    ...ASK_SELDOM,
  });
}

/** Part of the query key: with another endpoint or credential, the vendor's contents differ. */
function reached({ endpoint, authRef, config }: IntegrationView) {
  return { endpoint, authRef, config };
}
