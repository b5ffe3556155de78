import type { HealthStatus, ProbeVerdict } from '@integrations/contracts';
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
 * Judges a verdict and writes state, next due time and, if the status turned, the event, in one transaction. Writes
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
    const checkedAt = verdict.code === 'prober_error' && before ? before.checkedAt : now;
    const latencyMs = Math.round(verdict.latencyMs);
    const row = { integrationId, tenantId, ...judgement, checkedAt, latencyMs, verdict };
    await health.save([row], tx);
    if (turnedFrom === null) return { row, turnedFrom };
    await outbox.append(
      {
        event: 'health_changed',
        tenantId,
        integrationId,
        type: integration.type,
        provider: integration.provider,
        generation: integration.generation,
        data: {
          from: turnedFrom,
          to: judgement.status,
          reasonCode: judgement.code,
          since: judgement.since.toISOString(),
          checkedAt: now.toISOString(),
          latencyMs,
        },
      },
      tx,
    );
    return { row, turnedFrom };
  });
}
