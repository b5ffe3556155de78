import type { EventName, IntegrationEvent, ProbeVerdict } from '@integrations/contracts';
import type { HealthRow, HealthTransition, ProbeResult, TargetMember } from '@integrations/database';
import { type Recheck, step, type Turn, unjudged } from '../judging/step';
import { type NextProbe, nextProbe } from '../scheduling/next-due';
import { capabilityEvents, keepCapabilities } from './capability-events';
import { credentialEvents, type Happening, keepCredential } from './credential-events';

/** A turn, with the integration that it belongs to. */
export type Turned = HealthTransition & Pick<TargetMember, 'provider'>;

/** What follows from a verdict for one of the integrations that share the target. */
export interface Conclusion {
  /** Null if nothing new is known. */
  readonly row: HealthRow | null;
  readonly result: ProbeResult;
  readonly turned: Turned | null;
  readonly events: readonly IntegrationEvent[];
  readonly next: NextProbe;
  readonly recheck: Recheck;
}

/** `woken`: somebody waits for the result. If the prober could not check, the next probe follows soon, once. */
export function conclude(member: TargetMember, verdict: ProbeVerdict, now: Date, woken: boolean): Conclusion {
  const { integrationId, tenantId, provider, believed, intervalSeconds } = member;
  const judged = (member.inMaintenance ? unjudged : step)(believed, verdict, now);
  const { judgement, turn } = judged;
  const recheck = woken && verdict.code === 'prober_error' ? 'edge' : judged.recheck;
  const next = nextProbe(member.target, { judgement, recheck, verdict, intervalSeconds, now });
  const { status, code } = verdict;
  const latencyMs = Math.round(verdict.latencyMs);
  const result = { integrationId, tenantId, checkedAt: now, status, code, latencyMs, previous: believed };
  // If the prober could not check, the last result keeps its age, so that it shows as stale.
  if (code === 'prober_error' && believed) {
    return { row: null, result, turned: null, events: [], next, recheck };
  }
  const kept = keepCredential(believed, keepCapabilities(believed, verdict));
  const found = { checkedAt: now, intervalSeconds: next.intervalSeconds, verdict: kept };
  const row = { ...judgement, integrationId, tenantId, latencyMs, ...found };
  const turned = turn && { integrationId, tenantId, provider, ...turn, reasonCode: row.code, at: now };
  return { row, result, turned, events: eventsOf(member, row, turn), next, recheck };
}

function eventsOf(member: TargetMember, row: HealthRow, turn: Turn | null): IntegrationEvent[] {
  const happened: Happening[] = credentialEvents(member.believed, row);
  happened.push(...capabilityEvents(member.believed, row));
  if (turn) happened.push(healthChanged(row, turn));
  return happened.map((happening) => eventOf(member, happening));
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
