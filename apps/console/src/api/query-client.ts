import { MutationCache, type Query, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem, isOfProxy } from './problem';

export const SESSION = ['session'] as const;

/** How the last session ended without a sign-out: a read was refused (`looking`), or a change was (`acting`). */
export const SESSION_END = [...SESSION, 'end'] as const;
export type SessionEnd = 'looking' | 'acting';

/** A window event: the session has ended without a sign-out. */
export const SESSION_ENDED = 'integrations:session-ended';

/** Marks a query that a vendor answers. Changes made here do not cause it to be fetched again. */
export const OF_VENDOR = { ofVendor: true } as const;

/** How often a query that failed for a temporary reason is repeated, so that a page recovers automatically. */
const RECOVER_MS = 10_000;

/**
 * After a change, everything shown is fetched again. A 401 of any request ends the session. No request waits for the
 * browser to be online: a change either happens when the user asks for it, or fails.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => endIfRefused(error, 'looking') }),
  mutationCache: new MutationCache({
    onError: (error, _what, _begun, { state }) => afterRefusal(error, state.submittedAt),
    onSuccess: () => void refetchOutdated(),
  }),
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && mayPass(error) && !isTooLate(error),
      refetchInterval: whileFailing,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** The refetch interval for queries that are fetched again only while they fail. */
export function whileFailing({ state: { error } }: Pick<Query, 'state'>): number | false {
  if (!error || !(mayPass(error) || isTooMany(error))) return false;
  return Math.max(RECOVER_MS, waitOf(error));
}

/** Forgets all data, before the page is shown to another user, or with another token. */
export function forgetAll(): void {
  queryClient.removeQueries({ predicate: isNoSession });
}

/** Announces the end of the session before the page disappears, so that forms can save their input. */
export function announceEnd(end: SessionEnd): void {
  window.dispatchEvent(new Event(SESSION_ENDED));
  queryClient.setQueryData<SessionEnd>(SESSION_END, end);
}

function endIfRefused(error: Error, end: SessionEnd): void {
  if (!(error instanceof ApiProblem) || error.status !== 401) return;
  if (queryClient.getQueryData(SESSION)) announceEnd(end);
  // A refused change must be reported, even if a read was refused first.
  else if (end === 'acting' && queryClient.getQueryData(SESSION_END)) queryClient.setQueryData(SESSION_END, end);
  queryClient.setQueryData(SESSION, null);
}

/** Fetches the current state if the refusal shows that it has changed, or if it may have because no response came. */
function afterRefusal(error: Error, askedAt: number): void {
  if (!isOfSessionBefore(askedAt)) endIfRefused(error, 'acting');
  if (error instanceof ApiProblem && [0, 404, 409, 412].includes(error.status)) void refetchOutdated();
}

/** True if the request belongs to the previous session. Signing in again resets SESSION_END, which gives the time. */
function isOfSessionBefore(askedAt: number): boolean {
  if (!queryClient.getQueryData(SESSION)) return false;
  return askedAt < (queryClient.getQueryState(SESSION_END)?.dataUpdatedAt ?? 0);
}

/** Fetches outdated queries again. Not awaited, so that the user can continue meanwhile. */
async function refetchOutdated(): Promise<void> {
  // Cancel first fetches in flight: they would not be repeated, although their response may predate the change.
  await queryClient.cancelQueries({ predicate: (query) => isOutdated(query) && isFirst(query) });
  await queryClient.invalidateQueries({ predicate: isOutdated });
}

function isOutdated(query: Query): boolean {
  return isNoSession(query) && query.meta !== OF_VENDOR;
}

/** True for a query that has no data yet. Excludes queries that only the user starts, such as a download. */
function isFirst(query: Query): boolean {
  return query.state.data === undefined && !query.isDisabled();
}

function isNoSession({ queryKey }: Pick<Query, 'queryKey'>): boolean {
  return queryKey[0] !== SESSION[0];
}

/** True if the server is unreachable or overloaded, so a retry may help. Vendor calls are repeated only by the user. */
function mayPass(error: Error): boolean {
  if (!(error instanceof ApiProblem) || isOfVendor(error)) return false;
  return error.status === 0 || error.status >= 500 || (error.status === 404 && isOfProxy(error));
}

/** True after a timeout. The user has waited long enough and must see the error before a retry. */
function isTooLate(error: Error): boolean {
  return error instanceof ApiProblem && error.status === 0 && error.errorCode === 'timeout';
}

function waitOf(error: Error): number {
  return error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
}

/** True if the rate limit was exceeded: retry, but not at once. */
function isTooMany(error: Error): boolean {
  return error instanceof ApiProblem && error.status === 429;
}

/** True for a failure of the vendor: a 502 or 504 of the API. Those of a proxy have no error code. */
function isOfVendor({ status, errorCode }: ApiProblem): boolean {
  return errorCode !== null && (status === 502 || status === 504);
}
