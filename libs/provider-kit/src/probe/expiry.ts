import { ProbeFailure } from './probe-failure';
import type { Probe } from './run-probe';

const EXPIRES_SOON_MS = 14 * 86_400_000;

/** When `what`, as in `The token`, ends, in milliseconds since the epoch; with a warning two weeks ahead. */
export function noteExpiry({ note, deps }: Probe, what: string, expiresAt: number): void {
  const at = new Date(expiresAt);
  // Of what never ends some say an end that no calendar has: 2^53 seconds.
  if (Number.isNaN(at.getTime())) return;
  const left = expiresAt - deps.clock.now();
  note({
    credential: { expiresAt: at.toISOString() },
    ...(left < EXPIRES_SOON_MS
      ? { warnings: [`${what} expires in ${Math.max(0, Math.floor(left / 86_400_000))} days`] }
      : {}),
  });
}

/** The same of a token that says itself when it ends; fails the stage once it has. */
export function judgeExpiry(probe: Probe, expiresAt: number): void {
  noteExpiry(probe, 'The token', expiresAt);
  if (expiresAt < probe.deps.clock.now()) throw new ProbeFailure('credential_expired', 'The token has expired');
}
