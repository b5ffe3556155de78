import { utcTime } from '../utc-time';
import type { ProbeFindings } from './run-probe';

/** Some tell a reset in seconds from now, as the IETF's draft has it: no time since the epoch is that short. */
const FIRST_TIME_S = 1_000_000_000;

/**
 * What an answer says of a rate limit in `<prefix>limit`, `<prefix>remaining` and, where the vendor tells it in seconds since
 * the epoch, `<prefix>reset`; nothing where it does not.
 */
export function rateLimitQuota(
  headers: Readonly<Record<string, string>>,
  prefix: 'ratelimit-' | 'x-ratelimit-',
): Pick<ProbeFindings, 'quota'> {
  const told = (name: string) => Number(headers[`${prefix}${name}`] ?? NaN);
  const [limit, remaining] = [told('limit'), told('remaining')];
  if (!Number.isFinite(limit) || !Number.isFinite(remaining)) return {};
  const reset = told('reset');
  return { quota: { limit, remaining, resetAt: (reset >= FIRST_TIME_S && utcTime(reset * 1_000)) || undefined } };
}
