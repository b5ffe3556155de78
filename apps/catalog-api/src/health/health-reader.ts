import type { HealthReport } from '@integrations/contracts';
import {
  HealthHistory,
  HealthRepository,
  IntegrationRepository,
  ProbeScheduleRepository,
} from '@integrations/database';
import { Injectable } from '@nestjs/common';
import { MAX_READ, toReport } from './health-report';

/** The most checks that latency is computed from: two weeks at the default interval of 60 s. */
const MAX_CHECKS = 20_000;

/** Reads current and past health. The cost of a report does not depend on the number of integrations. */
@Injectable()
export class HealthReader {
  constructor(
    private readonly integrations: IntegrationRepository,
    private readonly health: HealthRepository,
    private readonly schedule: ProbeScheduleRepository,
    private readonly history: HealthHistory,
  ) {}

  /** Null if the tenant has no such live integration. */
  async report(tenantId: string, integrationId: string, windowSeconds: number): Promise<HealthReport | null> {
    const integration = await this.integrations.find(tenantId, integrationId);
    if (!integration) return null;
    const now = new Date();
    const since = new Date(now.getTime() - windowSeconds * 1_000);
    const range = { tenantId, integrationId, since, limit: MAX_READ };
    const [transitions, gaps, latency, nextDueAt, health] = await Promise.all([
      this.history.transitions(range),
      this.history.gaps(range),
      this.history.latency({ ...range, limit: MAX_CHECKS }),
      this.schedule.nextDue(tenantId, integrationId),
      this.health.find(tenantId, [integrationId]),
    ]);
    const record = { integration, health: health.get(integrationId), nextDueAt, transitions, gaps, latency };
    return toReport(record, since, now);
  }
}
