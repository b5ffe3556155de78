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

/** The server is away or overloaded: a moment later it may answer. */
function mayPass(error: Error): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}
