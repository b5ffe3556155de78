import type { ProbeVerdict } from '@integrations/contracts';
import type { EarlierFinding, Finding, Happening } from './credential-events';

/** What the credential may do now and might not before, and the other way round. Pure; told where both are known. */
export function capabilityEvents(before: EarlierFinding | null, now: Finding): Happening<'capabilities_changed'>[] {
  const had = before?.verdict.capabilities;
  const has = now.verdict.capabilities;
  if (!had || !has) return [];
  const added = has.filter((capability) => !had.includes(capability));
  const removed = had.filter((capability) => !has.includes(capability));
  return added.length + removed.length > 0 ? [{ event: 'capabilities_changed', data: { added, removed } }] : [];
}

/** The verdict to be kept: with the capabilities that were known last, so that no gap hides what changes in it. */
export function keepCapabilities(before: EarlierFinding | null, verdict: ProbeVerdict): ProbeVerdict {
  const known = verdict.capabilities ?? before?.verdict.capabilities;
  return known ? { ...verdict, capabilities: known } : verdict;
}
