import { utcTime } from '../utc-time';
import type { ProbeFindings } from './run-probe';

/** Smaller values of `reset` are seconds from now, as in the IETF's draft, rather than seconds since the epoch. */
const FIRST_TIME_S = 1_000_000_000;

/**
 * The quota in an answer's headers `<prefix>limit` and `<prefix>remaining`; empty if either is missing. `resetAt` comes
 * from `<prefix>reset` if the vendor gives that in seconds since the epoch.
 */
export function rateLimitQuota(
  headers: Readonly<Record<string, string>>,
  prefix: 'ratelimit-' | 'x-ratelimit-',
): Pick<ProbeFindings, 'quota'> {
  const valueOf = (name: string) => Number(headers[`${prefix}${name}`] ?? NaN);
  const [limit, remaining] = [valueOf('limit'), valueOf('remaining')];
  if (!Number.isFinite(limit) || !Number.isFinite(remaining)) return {};
  const reset = valueOf('reset');
  return { quota: { limit, remaining, resetAt: (reset >= FIRST_TIME_S && utcTime(reset * 1_000)) || undefined } };
}
