import { ProbeFailure } from './probe-failure';
import type { Probe } from './run-probe';

const EXPIRES_SOON_MS = 14 * 86_400_000;

/** Notes when `what`, such as `The token`, expires (milliseconds since the epoch), and warns from two weeks before. */
export function noteExpiry({ note, deps }: Probe, what: string, expiresAt: number): void {
  const at = new Date(expiresAt);
  // For credentials that never expire, some vendors give a time that no calendar has: 2^53 seconds.
  if (Number.isNaN(at.getTime())) return;
  const left = expiresAt - deps.clock.now();
  note({
    credential: { expiresAt: at.toISOString() },
    ...(left < EXPIRES_SOON_MS
      ? { warnings: [`${what} expires in ${Math.max(0, Math.floor(left / 86_400_000))} days`] }
      : {}),
  });
}

/** Like `noteExpiry`, for a token that carries its own expiry; fails the stage if the token has expired. */
export function judgeExpiry(probe: Probe, expiresAt: number): void {
  noteExpiry(probe, 'The token', expiresAt);
  if (expiresAt < probe.deps.clock.now()) throw new ProbeFailure('credential_expired', 'The token has expired');
}
