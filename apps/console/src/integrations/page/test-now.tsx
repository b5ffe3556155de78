import type { ProbeVerdict } from '@integrations/contracts';
import { callApi } from '../../api/call';
import { VENDOR_LIMIT_MS } from '../../api/time-limit';
import { type Act, useAct } from '../../api/use-act';
import { Problem } from '../../ui/problem';
import { TestAnnouncement } from '../verdict/test-announcement';
import { Verdict } from '../verdict/verdict';
import { pathOf } from './use-integration';

type Test = Act<ProbeVerdict>;

export function useTest(id: string): Test {
  return useAct(() => callApi<ProbeVerdict>(`${pathOf(id)}/test`, { method: 'POST', limitMs: VENDOR_LIMIT_MS }));
}

/** The result of the test; nothing before the first one. */
export function TestResult({ test }: { test: Test }) {
  const { data, error, reset } = test;
  return (
    <>
      <TestAnnouncement test={test} />
      {error && <Problem error={error} />}
      {data && (
        <section className="card" aria-label="Test result">
          <div className="head">
            <h2>Test result</h2>
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
