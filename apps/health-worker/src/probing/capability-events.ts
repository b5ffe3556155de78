import type { ProbeVerdict } from '@integrations/contracts';
import type { EarlierFinding, Finding, Happening } from './credential-events';

/** Reports the capabilities that the credential gained or lost between two probes, if both sets are known. Pure. */
export function capabilityEvents(before: EarlierFinding | null, now: Finding): Happening<'capabilities_changed'>[] {
  const had = before?.verdict.capabilities;
  const has = now.verdict.capabilities;
  if (!had || !has) return [];
  const added = has.filter((capability) => !had.includes(capability));
  const removed = had.filter((capability) => !has.includes(capability));
  return added.length + removed.length > 0 ? [{ event: 'capabilities_changed', data: { added, removed } }] : [];
}

/** The verdict to keep, with the last known capabilities if it has none, so that a gap hides no change. */
export function keepCapabilities(before: EarlierFinding | null, verdict: ProbeVerdict): ProbeVerdict {
  const known = verdict.capabilities ?? before?.verdict.capabilities;
  return known ? { ...verdict, capabilities: known } : verdict;
}
