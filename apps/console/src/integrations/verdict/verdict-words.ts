import type { ProbeVerdict } from '@integrations/contracts';

/** `ms`: the service's clock minus ours. */
export function clockSkew(ms: number): string {
  if (Math.abs(ms) < 1_000) return 'agrees with ours';
  return `${(Math.abs(ms) / 1_000).toFixed(1)} s ${ms > 0 ? 'ahead of' : 'behind'} ours`;
}

/** The quota in words. The vendor may report the remaining requests, the limit, both or neither. */
export function quotaOf({ limit, remaining }: NonNullable<ProbeVerdict['quota']>): string {
  if (remaining === undefined) return limit === undefined ? 'not reported' : `${limit} requests`;
  return limit === undefined ? `${remaining} requests left` : `${remaining} of ${limit} requests left`;
}
