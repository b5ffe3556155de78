import type { IntegrationView } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { callApi, type Query } from '../../../api/call';
import { ASK_SELDOM, type Paged, useVendorPaged } from '../../../api/paged';
import { pathOf } from '../use-integration';

/** What `path` below the integration lists of what its vendor has. */
export function useVendorList<T>(of: IntegrationView, path: string, query: Query): Paged<T> {
  return useVendorPaged<T>(`${pathOf(of.id)}${path}`, query, reached(of));
}

/** One thing that its vendor has. */
export function useVendorAnswer<T>(of: IntegrationView, path: string, query: Query) {
  const url = `${pathOf(of.id)}${path}`;
  return useQuery({
    queryKey: [url, query, reached(of)],
    queryFn: ({ signal }) => callApi<T>(url, { query, signal }),
    ...ASK_SELDOM,
  });
}

/** What the answer depends on beside the question: another endpoint or credential has other contents. */
function reached({ endpoint, authRef, config }: IntegrationView) {
  return { endpoint, authRef, config };
}
