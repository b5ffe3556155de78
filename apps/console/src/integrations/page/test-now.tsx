import type { ProbeVerdict } from '@integrations/contracts';
import { callApi } from '../../api/call';
import { type Act, useAct } from '../../api/use-act';
import { Problem } from '../../ui/problem';
import { SaidTest } from '../verdict/said-test';
import { Verdict } from '../verdict/verdict';
import { pathOf } from './use-integration';

type Test = Act<ProbeVerdict>;

export function useTest(id: string): Test {
  return useAct(() => callApi<ProbeVerdict>(`${pathOf(id)}/test`, { method: 'POST' }));
}

/** What the test found out; nothing before there was one. */
export function TestResult({ test }: { test: Test }) {
  const { data, error, reset } = test;
  return (
    <>
      <SaidTest test={test} />
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
    </>
  );
}
