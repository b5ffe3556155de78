import type { EventName, HealthStatus, IntegrationEvent, ProbeVerdict } from '@integrations/contracts';
import {
  type Database,
  type HealthRepository,
  type HealthRow,
  type IntegrationRow,
  type Outbox,
  type ProbeLease,
  type ProbeScheduleRepository,
} from '@integrations/database';
import { judge } from '../judging/judge';
import { nextDue } from '../scheduling/next-due';
import { credentialEvents, type Happening } from './credential-events';

export interface ProbeRecords {
  readonly database: Database;
  readonly health: HealthRepository;
  readonly schedule: ProbeScheduleRepository;
  readonly outbox: Outbox;
}

export interface RecordedProbe {
  readonly row: HealthRow;
  /** The status before, when this probe turned it. */
  readonly turnedFrom: HealthStatus | null;
}

/**
 * Judges a verdict and writes state, next due time and the events that follow from it in one transaction. Writes
 * nothing if the lease is lost: somebody else probes by now, or the integration changed meanwhile.
 */
export async function recordProbe(
  { database, health, schedule, outbox }: ProbeRecords,
  lease: ProbeLease,
  integration: IntegrationRow,
  verdict: ProbeVerdict,
  now: Date,
): Promise<RecordedProbe | null> {
  const { id: integrationId, tenantId } = integration;
  return database.transaction(async (tx) => {
    const before = (await health.find(tenantId, [integrationId], tx)).get(integrationId) ?? null;
    const { judgement, turnedFrom, recheck } = judge(before, verdict, now);
    const nextDueAt = new Date(nextDue(integrationId, recheck, lease.intervalSeconds, now.getTime()));
    const completed = await schedule.complete([{ integrationId, leaseToken: lease.leaseToken, nextDueAt }], tx);
    if (completed.length === 0) return null;

    // What the prober could not check stays as old as it is, so that it shows as stale.
    const found = verdict.code === 'prober_error' && before ? before : { checkedAt: now, verdict };
    const latencyMs = Math.round(verdict.latencyMs);
    const row = {
      integrationId,
      tenantId,
      ...judgement,
      latencyMs,
      checkedAt: found.checkedAt,
      verdict: found.verdict,
    };
    await health.save([row], tx);

    const events = credentialEvents(before, found);
    if (turnedFrom !== null) events.push(healthChanged(row, turnedFrom));
    for (const event of events) await outbox.append(eventOf(integration, event), tx);
    return { row, turnedFrom };
  });
}

function healthChanged(row: HealthRow, from: HealthStatus): Happening<'health_changed'> {
  const { status: to, code: reasonCode, since, checkedAt, latencyMs } = row;
  const times = { since: since.toISOString(), checkedAt: checkedAt.toISOString() };
  return { event: 'health_changed', data: { from, to, reasonCode, latencyMs, ...times } };
}

function eventOf<N extends EventName>(integration: IntegrationRow, happening: Happening<N>): IntegrationEvent<N> {
  const { id: integrationId, tenantId, type, provider, generation } = integration;
  return { integrationId, tenantId, type, provider, generation, ...happening };
}
