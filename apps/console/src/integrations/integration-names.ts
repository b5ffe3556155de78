import type { IntegrationView, Page } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call';
import { useMay } from '../session/session-context';
import { integrationQuery } from './page/use-integration';

const PAGE = 200;
/** How many names to fetch in advance. Other names are fetched one by one where they are shown. */
const MAX_NAMED = 1_000;

/** Names of integrations by id; empty while not needed or not loaded, or if the token may not read them. */
function useIntegrationNames(isNeeded: boolean): ReadonlyMap<string, string> {
  const mayRead = useMay('integrations:read');
  const { data } = useQuery({
    queryKey: ['integration-names'],
    queryFn: ({ signal }) => namesOf(signal),
    enabled: isNeeded && mayRead,
    staleTime: 60_000,
  });
  return data ?? NONE;
}

/** The name of any integration, even a deleted one; undefined while loading, or if the integration was purged. */
export function useIntegrationName(id: string): Named | undefined {
  const listed = useIntegrationNames(id !== '');
  const name = listed.get(id);
  const { data } = useQuery({
    ...integrationQuery(id),
    enabled: id !== '' && listed !== NONE && name === undefined,
    staleTime: 60_000,
  });
  if (name !== undefined) return { name, deleted: false };
  return data && { name: data.name, deleted: data.deletedAt !== undefined };
}

interface Named {
  readonly name: string;
  readonly deleted: boolean;
}

const NONE: ReadonlyMap<string, string> = new Map();

async function namesOf(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query = { limit: PAGE, cursor };
    const page: Page<IntegrationView> = await callApi('/integrations', { query, signal });
    for (const { id, name } of page.items) names.set(id, name);
    cursor = page.nextCursor;
  } while (cursor !== null && names.size < MAX_NAMED);
  return names;
}
