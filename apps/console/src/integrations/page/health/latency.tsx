import type { CheckLatency } from '@integrations/contracts';
import { Time } from '../../../ui/time';
import { Fact } from '../../../ui/fact';

/** The duration of checks. */
export function Latency({ latency }: { latency: CheckLatency | null }) {
  if (!latency) return <p className="quiet">No checks in this window, or their results are no longer kept.</p>;
  const { checks, from, p50, p95, p99, max } = latency;
  return (
    <>
      <dl className="facts">
        <Fact term="Median">{inMs(p50)}</Fact>
        <Fact term="95 % within">{inMs(p95)}</Fact>
        <Fact term="99 % within">{inMs(p99)}</Fact>
        <Fact term="Longest">{inMs(max)}</Fact>
      </dl>
      <p className="quiet">
        Checks: {checks.toLocaleString('en')}, the oldest <Time at={from} />.
      </p>
    </>
  );
}

function inMs(ms: number): string {
  return `${Math.round(ms).toLocaleString('en')} ms`;
}
