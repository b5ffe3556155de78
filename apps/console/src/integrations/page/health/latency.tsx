import type { CheckLatency } from '@integrations/contracts';
import { Time } from '../../../ui/time';

/** How long checks took. */
export function Latency({ latency }: { latency: CheckLatency | null }) {
  if (!latency) return <p className="quiet">No check was made in the window, or its result is not kept any more.</p>;
  const { checks, from, p50, p95, p99, max } = latency;
  return (
    <>
      <dl className="facts">
        <dt>Median</dt>
        <dd>{inMs(p50)}</dd>
        <dt>95 % within</dt>
        <dd>{inMs(p95)}</dd>
        <dt>99 % within</dt>
        <dd>{inMs(p99)}</dd>
        <dt>Longest</dt>
        <dd>{inMs(max)}</dd>
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
