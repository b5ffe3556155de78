import type { DependentView } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { findPart, pathOf, REFRESH_MS } from './use-integration';

/** The dependents of an integration. */
export function useDependents(id: string) {
  return useQuery({
    queryKey: [`${pathOf(id)}/dependents`],
    queryFn: async ({ signal }) =>
      (await findPart<{ items: readonly DependentView[] }>(id, '/dependents', { signal })).items,
    refetchInterval: REFRESH_MS,
  });
}
