import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from './problem';

interface AnswerProps<T> {
  readonly to: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  readonly children: (data: T) => ReactNode;
}

/** Shows the data of a query, that it is loading, or its error. With an error, earlier data stays visible. */
export function Answer<T>({ to: { data, error, refetch }, children }: AnswerProps<T>) {
  return (
    <>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {data !== undefined && children(data)}
      {data === undefined && !error && <p className="quiet">Loading …</p>}
    </>
  );
}
