import type { HealthStatus, IntegrationsSummary } from '@integrations/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { callApi, queryString } from '../api/call';
import { toneOf } from './words';

const WORST_FIRST: readonly HealthStatus[] = ['unhealthy', 'degraded', 'unknown', 'healthy'];

interface HealthCountsProps {
  readonly filters: Readonly<Record<string, string>>;
  readonly everyMs: number;
}

/**
 * Counts by health of the integrations that match the other filters; each count links to them. Errors are not shown,
 * because the list shows the same ones.
 */
export function HealthCounts({ filters: { health: shown, ...filters }, everyMs }: HealthCountsProps) {
  const { data } = useQuery({
    queryKey: ['/integrations/summary', filters],
    queryFn: ({ signal }) => callApi<IntegrationsSummary>('/integrations/summary', { query: filters, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
  const counted = WORST_FIRST.filter((status) => data && data.byHealth[status] > 0);
  if (!data || counted.length === 0) return null;
  return (
    <nav className="counts" aria-label="By health">
      {counted.map((status) => (
        <Link
          key={status}
          className={`badge ${toneOf({ status })}`}
          to={{ search: queryString({ ...filters, health: status === shown ? '' : status }) }}
          aria-current={status === shown}
          replace
          preventScrollReset
        >
          {data.byHealth[status].toLocaleString('en')} {status}
        </Link>
      ))}
    </nav>
  );
}
