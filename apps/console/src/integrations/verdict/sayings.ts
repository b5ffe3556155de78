import type { ProbeVerdict } from '@integrations/contracts';

/** `ms`: their clock minus ours. */
export function clockSkew(ms: number): string {
  if (Math.abs(ms) < 1_000) return 'agrees with ours';
  return `${(Math.abs(ms) / 1_000).toFixed(1)} s ${ms > 0 ? 'ahead of' : 'behind'} ours`;
}

/** The vendor may tell what is left, how much there is, both or neither. */
export function quotaOf({ limit, remaining }: NonNullable<ProbeVerdict['quota']>): string {
  if (remaining === undefined) return limit === undefined ? 'not told' : `${limit} requests`;
  return limit === undefined ? `${remaining} requests left` : `${remaining} of ${limit} requests left`;
}
