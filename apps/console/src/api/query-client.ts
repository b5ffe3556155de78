import { MutationCache, type Query, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem, isOfProxy } from './problem';

export const SESSION = ['session'] as const;

/** How the last session ended, if nobody has asked for that: what was refused was looking at something, or an act. */
export const SESSION_END = [...SESSION, 'end'] as const;
export type SessionEnd = 'looking' | 'acting';

/** An event of the window: whoever was signed in is so no more, without having asked for it. */
export const SESSION_ENDED = 'integrations:session-ended';

/** Marks a query that a vendor answers, who is not to be asked again because something was changed here. */
export const OF_VENDOR = { ofVendor: true } as const;

/** How often what failed for a passing reason is asked for again, so that a page recovers by itself. */
const RECOVER_MS = 10_000;

/**
 * A change makes everything that is shown be asked for anew; 401 of whatever request ends the session. Nothing waits for
 * the browser to be online: an act is done when it is asked for, or refused.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => endIfRefused(error, 'looking') }),
  mutationCache: new MutationCache({
    onError: (error, _what, _begun, { state }) => afterRefusal(error, state.submittedAt),
    onSuccess: () => void askAnew(),
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

/** An interval for queries that are not asked anew while all is well. */
export function whileFailing({ state: { error } }: Pick<Query, 'state'>): number | false {
  if (!error || !(mayPass(error) || isTooMany(error))) return false;
  return Math.max(RECOVER_MS, waitOf(error));
}

/** For what is about to be shown to another person, or to the same one with another token. */
export function forgetAll(): void {
  queryClient.removeQueries({ predicate: isNoSession });
}

/** Before what is shown is gone, so that what was filled in can be kept. */
export function tellEnd(end: SessionEnd): void {
  window.dispatchEvent(new Event(SESSION_ENDED));
  queryClient.setQueryData<SessionEnd>(SESSION_END, end);
}

function endIfRefused(error: Error, end: SessionEnd): void {
  if (!(error instanceof ApiProblem) || error.status !== 401) return;
  if (queryClient.getQueryData(SESSION)) tellEnd(end);
  // Who acted learns of it though a look at the page was refused first.
  else if (end === 'acting' && queryClient.getQueryData(SESSION_END)) queryClient.setQueryData(SESSION_END, end);
  queryClient.setQueryData(SESSION, null);
}

/** Where the state is not the one that is shown, or may not be as no answer came, the present one is. */
function afterRefusal(error: Error, askedAt: number): void {
  if (!isOfSessionBefore(askedAt)) endIfRefused(error, 'acting');
  if (error instanceof ApiProblem && [0, 404, 409, 412].includes(error.status)) void askAnew();
}

/** The answer may come after one has signed in again, which is when the end before was forgotten. */
function isOfSessionBefore(askedAt: number): boolean {
  if (!queryClient.getQueryData(SESSION)) return false;
  return askedAt < (queryClient.getQueryState(SESSION_END)?.dataUpdatedAt ?? 0);
}

/** Not waited for: whoever made the change goes on, however long that takes. */
async function askAnew(): Promise<void> {
  // What is on its way for the first time would be waited for, though the answer may be of before.
  await queryClient.cancelQueries({ predicate: (query) => isOutdated(query) && isFirst(query) });
  await queryClient.invalidateQueries({ predicate: isOutdated });
}

function isOutdated(query: Query): boolean {
  return isNoSession(query) && query.meta !== OF_VENDOR;
}

/** Not of what is asked for by people alone, such as a download. */
function isFirst(query: Query): boolean {
  return query.state.data === undefined && !query.isDisabled();
}

function isNoSession({ queryKey }: Pick<Query, 'queryKey'>): boolean {
  return queryKey[0] !== SESSION[0];
}

/** The server is away or overloaded: a moment later it may answer. A vendor that failed is asked again by people only. */
function mayPass(error: Error): boolean {
  if (!(error instanceof ApiProblem) || isOfVendor(error)) return false;
  return error.status === 0 || error.status >= 500 || (error.status === 404 && isOfProxy(error));
}

/** Whoever has waited that long is told so, before it is asked again. */
function isTooLate(error: Error): boolean {
  return error instanceof ApiProblem && error.status === 0 && error.errorCode === 'timeout';
}

function waitOf(error: Error): number {
  return error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
}

/** To be asked again, but not at once. */
function isTooMany(error: Error): boolean {
  return error instanceof ApiProblem && error.status === 429;
}

/** 502 and 504 of the API tell of a vendor; those of a proxy have no code. */
function isOfVendor({ status, errorCode }: ApiProblem): boolean {
  return errorCode !== null && (status === 502 || status === 504);
}
