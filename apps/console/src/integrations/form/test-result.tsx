import type { ProbeVerdict } from '@integrations/contracts';
import { Verdict } from '../verdict/verdict';

interface TestResultProps {
  readonly verdict: ProbeVerdict;
  /** True if the form has changed since the test. */
  readonly outdated: boolean;
}

export function TestResult({ verdict, outdated }: TestResultProps) {
  return (
    <section className="card">
      <h2>Test result</h2>
      {outdated && <p className="notice warn">The form has changed since this test.</p>}
      <Verdict verdict={verdict} />
    </section>
  );
}
