import type { HealthReport, IntegrationView } from '@integrations/contracts';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { type Call, callApi } from '../../api/call';
import { ApiProblem, isUnknown } from '../../api/problem';
import { queryClient } from '../../api/query-client';

export const REFRESH_MS = 10_000;
/** The first check of an integration comes at once. */
const SOON_MS = 1_000;
export const DEFAULT_WINDOW = '24h';

/** The integration, a deleted one included. */
export function useIntegration(id: string) {
  return useQuery({
    ...integrationQuery(id),
    refetchInterval: ({ state: { data, error } }) =>
      isUnknown(error) ? false : pauseUntilNext(data && !data.deletedAt ? { ...data, ...data.health } : undefined),
  });
}

/** For whoever needs no more of it than what seldom changes. */
export function integrationQuery(id: string) {
  return queryOptions({
    queryKey: integrationKey(id),
    queryFn: ({ signal }) => findIntegration(id, signal),
  });
}

function pauseUntilNext(shown: Pick<HealthReport, 'enabled' | 'checkedAt'> | undefined): number {
  return shown?.enabled && shown.checkedAt === null ? SOON_MS : REFRESH_MS;
}

/** `window` such as `24h` or `30d`. Not told of a deleted one. */
export function useHealth(id: string, window: string) {
  return useQuery({
    queryKey: [`${pathOf(id)}/health`, window],
    queryFn: ({ signal }) => findPart<HealthReport>(id, '/health', { query: { window }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => pauseUntilNext(state.data),
  });
}

/** Of a live integration. Where it is none any more, the page shows that before the part is said to be missing. */
export async function findPart<T>(id: string, path: string, call: Call): Promise<T> {
  try {
    return await callApi<T>(`${pathOf(id)}${path}`, call);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) await showPresent(id);
    throw error;
  }
}

/** What the API answered to a change is what the page shows, and what the next change is one of. */
export function showChanged(integration: IntegrationView): void {
  queryClient.setQueryData(integrationKey(integration.id), integration);
}

/** Done once it is shown, or could not be asked for. */
export function showPresent(id: string): Promise<void> {
  return queryClient.refetchQueries({ queryKey: integrationKey(id) });
}

function integrationKey(id: string): readonly string[] {
  return [pathOf(id), 'or deleted'];
}

export function pathOf(id: string): string {
  return `/integrations/${encodeURIComponent(id)}`;
}

async function findIntegration(id: string, signal: AbortSignal): Promise<IntegrationView> {
  try {
    return await callApi<IntegrationView>(pathOf(id), { signal });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    return callApi<IntegrationView>(pathOf(id), { query: { deleted: true }, signal });
  }
}
