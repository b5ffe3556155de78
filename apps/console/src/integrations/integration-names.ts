import type { IntegrationView, Page } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call';
import { useMay } from '../session/session-context';
import { integrationQuery } from './page/use-integration';

const PAGE = 200;
/** How many are asked for before they are needed; of the others each is asked for where it is shown. */
const MAX_NAMED = 1_000;

/** The names of the integrations by their ids; empty as long as they are not needed, not known, or not to be read. */
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

/** One of them, be it deleted or beyond those that are listed; undefined while it is not known, or where it is purged. */
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
