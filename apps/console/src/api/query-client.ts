import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem';

export const SESSION = ['session'] as const;

/** A change makes everything that is shown be asked for anew; 401 of whatever request ends the session. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: endIfRefused }),
  mutationCache: new MutationCache({ onError: endIfRefused, onSuccess: askAnew }),
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (failures, error) => failures < 2 && mayPass(error) },
    mutations: { retry: false },
  },
});

function endIfRefused(error: Error): void {
  if (error instanceof ApiProblem && error.status === 401) queryClient.setQueryData(SESSION, null);
}

function askAnew(): Promise<void> {
  return queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
}

/** The server is away or overloaded: a moment later it may answer. A vendor that failed is asked again by people only. */
function mayPass(error: Error): boolean {
  if (!(error instanceof ApiProblem) || isOfVendor(error)) return false;
  return error.status === 0 || error.status >= 500;
}

/** 502 and 504 of the API tell of a vendor; those of a proxy have no code. */
function isOfVendor({ status, errorCode }: ApiProblem): boolean {
  return errorCode !== null && (status === 502 || status === 504);
}
