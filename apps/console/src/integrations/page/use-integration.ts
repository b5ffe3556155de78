import type { HealthReport, IntegrationView } from '@integrations/contracts';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { type Call, callApi } from '../../api/call';
import { ApiProblem, isUnknown } from '../../api/problem';
import { queryClient } from '../../api/query-client';

export const REFRESH_MS = 10_000;
/** The refresh interval until the first check, which comes at once. */
const SOON_MS = 1_000;
export const DEFAULT_WINDOW = '24h';

/** The integration, even if it is deleted. */
export function useIntegration(id: string) {
  return useQuery({
    ...integrationQuery(id),
    refetchInterval: ({ state: { data, error } }) =>
      isUnknown(error) ? false : pauseUntilNext(data && !data.deletedAt ? { ...data, ...data.health } : undefined),
  });
}

/** The query without refresh, for components that need only data that rarely changes. */
export function integrationQuery(id: string) {
  return queryOptions({
    queryKey: integrationKey(id),
    queryFn: ({ signal }) => findIntegration(id, signal),
  });
}

function pauseUntilNext(shown: Pick<HealthReport, 'enabled' | 'checkedAt'> | undefined): number {
  return shown?.enabled && shown.checkedAt === null ? SOON_MS : REFRESH_MS;
}

/** The health report. `window` is a duration such as `24h` or `30d`. Not available for a deleted integration. */
export function useHealth(id: string, window: string) {
  return useQuery({
    queryKey: [`${pathOf(id)}/health`, window],
    queryFn: ({ signal }) => findPart<HealthReport>(id, '/health', { query: { window }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => pauseUntilNext(state.data),
  });
}

/**
 * Fetches a part of a live integration. On 404 the integration is refreshed first, so that the page shows its deletion.
 */
export async function findPart<T>(id: string, path: string, call: Call): Promise<T> {
  try {
    return await callApi<T>(`${pathOf(id)}${path}`, call);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) await showPresent(id);
    throw error;
  }
}

/** Shows the integration that the API returned for a change; the next change is based on it. */
export function showChanged(integration: IntegrationView): void {
  queryClient.setQueryData(integrationKey(integration.id), integration);
}

/** Fetches the current state. Resolves when it is shown, or when the fetch has failed. */
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
