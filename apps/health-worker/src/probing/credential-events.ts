import type { EventName, IntegrationEvent, ProbeVerdict } from '@integrations/contracts';
import { isFailure } from '../judging/step';

/** An event without the integration that it is about. */
export type Happening<N extends EventName = EventName> = Pick<IntegrationEvent<N>, 'event' | 'data'>;

/** A verdict and when it was reached. */
export interface Finding {
  readonly checkedAt: Date;
  readonly verdict: ProbeVerdict;
}

/** What is kept of the previous finding. */
export interface EarlierFinding {
  readonly checkedAt: Date;
  readonly verdict: Pick<ProbeVerdict, 'code' | 'credential' | 'capabilities'>;
}

const DAY_MS = 86_400_000;
const WARNED_AT_DAYS = [14, 7, 3, 1, 0];

/** The events about a credential between two probes. Pure: the same two findings give the same events. */
export function credentialEvents(before: EarlierFinding | null, now: Finding): Happening[] {
  return [...rotated(before, now), ...expiring(before, now), ...unresolvable(before, now)];
}

/**
 * The verdict to keep. If the probe ended before it could read the version or expiry of the credential, the last known
 * ones are carried over. Otherwise such a gap would hide a new version or an expiry, or have it reported twice.
 */
export function keepCredential(before: EarlierFinding | null, verdict: ProbeVerdict): ProbeVerdict {
  const known = before?.verdict.credential;
  if (!known || !(isFailure(verdict) || verdict.code === 'rate_limited')) return verdict;
  const { credential } = verdict;
  if (verdict.code === 'secret_unresolvable') return { ...verdict, credential: { ...known, ...credential } };
  if (known.expiresAt === undefined || known.version !== credential?.version) return verdict;
  return { ...verdict, credential: { expiresAt: known.expiresAt, ...credential } };
}

function rotated(before: EarlierFinding | null, now: Finding): Happening<'credential_rotated'>[] {
  const fromVersion = before?.verdict.credential?.version;
  const toVersion = now.verdict.credential?.version;
  if (fromVersion === undefined || toVersion === undefined || fromVersion === toVersion) return [];
  return [{ event: 'credential_rotated', data: { fromVersion, toVersion } }];
}

function expiring(before: EarlierFinding | null, now: Finding): Happening<'credential_expiring'>[] {
  const expiresAt = now.verdict.credential?.expiresAt;
  const warning = warningOf(now);
  if (expiresAt === undefined || warning === null) return [];
  const warned = before && before.verdict.credential?.expiresAt === expiresAt ? warningOf(before) : null;
  if (warned === warning) return [];
  return [{ event: 'credential_expiring', data: { expiresAt, daysLeft: daysLeft(expiresAt, now.checkedAt) } }];
}

function unresolvable(before: EarlierFinding | null, now: Finding): Happening<'credential_unresolvable'>[] {
  if (now.verdict.code !== 'secret_unresolvable' || before?.verdict.code === 'secret_unresolvable') return [];
  return [{ event: 'credential_unresolvable', data: { reason: now.verdict.message } }];
}

/** The smallest threshold in days that has been passed; null if none has. */
function warningOf({ verdict, checkedAt }: EarlierFinding): number | null {
  const expiresAt = verdict.credential?.expiresAt;
  if (expiresAt === undefined) return null;
  const days = (Date.parse(expiresAt) - checkedAt.getTime()) / DAY_MS;
  return WARNED_AT_DAYS.findLast((threshold) => days <= threshold) ?? null;
}

function daysLeft(expiresAt: string, at: Date): number {
  return Math.max(0, Math.floor((Date.parse(expiresAt) - at.getTime()) / DAY_MS));
}
