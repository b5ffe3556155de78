import type { ProbeVerdict } from '@integrations/contracts';
import {
  Database,
  HealthRepository,
  IntegrationRepository,
  type IntegrationRow,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { OperationMetrics } from '@integrations/telemetry';
import { Injectable } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../config';
import { Joined } from './joined';
import { Prober, type ProbeKind } from './prober';

/** Tests and checks that somebody asked for. Who asks for one that is under way joins it: it is run, and told, once. */
@Injectable()
export class OnDemandProbes {
  readonly #underWay = new Joined<ProbeVerdict>();

  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly prober: Prober,
    private readonly database: Database,
    private readonly integrations: IntegrationRepository,
    private readonly health: HealthRepository,
    private readonly schedule: ProbeScheduleRepository,
    private readonly outbox: Outbox,
    private readonly metrics: OperationMetrics,
    @InjectPinoLogger(OnDemandProbes.name) private readonly log: PinoLogger,
  ) {}

  /** Null: the tenant has no such integration. */
  async run(kind: ProbeKind, tenantId: string, integrationId: string): Promise<ProbeVerdict | null> {
    const integration = await this.integrations.find(tenantId, integrationId);
    if (!integration) return null;
    // With the generation: after an edit, a verdict on the old settings is of no use.
    const key = JSON.stringify([kind, integrationId, integration.generation]);
    return this.#underWay.run(key, () => this.#run(kind, integration));
  }

  async #run(kind: ProbeKind, integration: IntegrationRow): Promise<ProbeVerdict> {
    const { id: integrationId } = integration;
    const started = performance.now();
    const verdict = await this.prober.probe(kind, integration, this.config.testTimeoutMs);
    if (kind === 'check') this.metrics.healthChecked(integration.provider, verdict.status);
    else this.metrics.connectionTested(integration.provider, (performance.now() - started) / 1_000);
    await this.#record(kind, integration, verdict);
    const { status, code, latencyMs } = verdict;
    this.log.info(
      { integrationId, provider: integration.provider, kind, status, code, latencyMs },
      'connection probed',
    );
    return verdict;
  }

  /**
   * A result that differs from what is believed makes the periodic probe due at once. That one judges: so there is one
   * judge per integration, and a suspended schedule wakes up when somebody has mended the credential.
   */
  async #record(kind: ProbeKind, integration: IntegrationRow, verdict: ProbeVerdict): Promise<void> {
    const { id: integrationId, tenantId, type, provider, generation } = integration;
    const believed = (await this.health.find(tenantId, [integrationId])).get(integrationId)?.status;
    await this.database.transaction(async (tx) => {
      if (integration.enabled && believed !== verdict.status) {
        await this.schedule.put(integrationId, tenantId, integration.intervalSeconds, new Date(), tx);
      }
      if (kind === 'check') return;
      const data = { status: verdict.status, code: verdict.code, latencyMs: Math.round(verdict.latencyMs) };
      await this.outbox.append(
        { event: 'test_completed', tenantId, integrationId, type, provider, generation, data },
        tx,
      );
    });
  }
}
