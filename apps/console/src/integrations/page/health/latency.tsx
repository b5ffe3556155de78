import type { CheckLatency } from '@integrations/contracts';
import { Time } from '../../../ui/time';
import { Fact } from '../../../ui/fact';

/** How long checks took. */
export function Latency({ latency }: { latency: CheckLatency | null }) {
  if (!latency) return <p className="quiet">No check was made in the window, or its result is not kept any more.</p>;
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
