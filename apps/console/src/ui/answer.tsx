import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from './problem';

interface AnswerProps<T> {
  readonly to: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  readonly children: (data: T) => ReactNode;
}

/** What a query was answered, that it waits for it, or why it failed: then with what was answered before, if anything. */
export function Answer<T>({ to: { data, error, refetch }, children }: AnswerProps<T>) {
  return (
    <>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {data !== undefined && children(data)}
      {data === undefined && !error && <p className="quiet">Loading …</p>}
    </>
  );
}
