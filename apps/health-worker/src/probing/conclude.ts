import type { EventName, IntegrationEvent, ProbeVerdict } from '@integrations/contracts';
import type { HealthRow, HealthTransition, ProbeResult, TargetMember } from '@integrations/database';
import { type Recheck, step, type Turn, unjudged } from '../judging/step';
import { type NextProbe, nextProbe } from '../scheduling/next-due';
import { capabilityEvents, keepCapabilities } from './capability-events';
import { credentialEvents, type Happening } from './credential-events';

/** What follows from a verdict for one of those who share its target. */
export interface Conclusion {
  readonly member: TargetMember;
  /** Null: nothing is known that was not known before. */
  readonly row: HealthRow | null;
  readonly result: ProbeResult;
  readonly transition: HealthTransition | null;
  readonly events: readonly IntegrationEvent[];
  readonly next: NextProbe;
  readonly recheck: Recheck;
}

export function conclude(member: TargetMember, verdict: ProbeVerdict, now: Date): Conclusion {
  const { integrationId, tenantId, believed: before } = member;
  const { judgement, turn, recheck } = (member.inMaintenance ? unjudged : step)(before, verdict, now);
  const next = nextProbe(member.target, { judgement, recheck, verdict, intervalSeconds: member.intervalSeconds, now });
  const latencyMs = Math.round(verdict.latencyMs);
  const { status, code } = verdict;
  const previous = before && { checkedAt: before.checkedAt, intervalSeconds: before.intervalSeconds };
  const result = { integrationId, tenantId, checkedAt: now, status, code, latencyMs, previous };
  // What the prober could not check stays as old as it is, so that it shows as stale.
  if (code === 'prober_error' && before) {
    return { member, row: null, result, transition: null, events: [], next, recheck };
  }
  const kept = keepCapabilities(before, verdict);
  const found = { checkedAt: now, verdict: kept, latencyMs, intervalSeconds: next.intervalSeconds };
  const row = { integrationId, tenantId, ...judgement, ...found };
  const happened: Happening[] = [
    ...credentialEvents(before, found),
    ...capabilityEvents(before, found),
    ...(turn ? [healthChanged(row, turn)] : []),
  ];
  return {
    ...{ member, row, result, next, recheck },
    transition: turn && { integrationId, tenantId, ...turn, reasonCode: row.code, at: now },
    events: happened.map((happening) => eventOf(member, happening)),
  };
}

function healthChanged(row: HealthRow, turn: Turn): Happening<'health_changed'> {
  const { code: reasonCode, since, checkedAt, latencyMs } = row;
  const times = { since: since.toISOString(), checkedAt: checkedAt.toISOString() };
  return { event: 'health_changed', data: { ...turn, reasonCode, latencyMs, ...times } };
}

function eventOf<N extends EventName>(member: TargetMember, happening: Happening<N>): IntegrationEvent<N> {
  const { integrationId, tenantId, type, provider, generation } = member;
  return { integrationId, tenantId, type, provider, generation, ...happening };
}
