import type { ProbeVerdict } from '@integrations/contracts';
import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import { callApi } from '../../api/call';
import { Problem } from '../../ui/problem';
import { Verdict } from '../verdict/verdict';
import { pathOf } from './use-integration';

type Test = UseMutationResult<ProbeVerdict, Error, void>;

export function useTest(id: string): Test {
  return useMutation({ mutationFn: () => callApi<ProbeVerdict>(`${pathOf(id)}/test`, { method: 'POST' }) });
}

/** What the test found out; nothing before there was one. */
export function TestResult({ test: { data, error, isPending, reset } }: { test: Test }) {
  return (
    <div role="status">
      {isPending && <p className="quiet">Testing the connection …</p>}
      {error && <Problem error={error} />}
      {data && (
        <section className="card" aria-label="Result of the test">
          <div className="head">
            <h2>Result of the test</h2>
            <button type="button" onClick={reset}>
              Close
            </button>
          </div>
          <Verdict verdict={data} />
        </section>
      )}
    </div>
  );
}
