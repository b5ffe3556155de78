import type { RpcContext } from '@integrations/bus';
import type { ProbeVerdict } from '@integrations/contracts';
import {
  Database,
  HealthRepository,
  type HealthRow,
  IntegrationRepository,
  type IntegrationRow,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { Connector } from '@integrations/providers';
import { OperationMetrics, traceFields } from '@integrations/telemetry';
import { Injectable } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../config';
import { Joined } from './joined';
import { ProbeTurns } from './probe-turns';

/** `test` is deep; `check` is as cheap as a periodic probe. */
export type ProbeKind = 'test' | 'check';

/** A probe that somebody asked for. If several join it, its event and its log line belong to the trace of the first. */
interface Asked extends Pick<RpcContext, 'traceparent'> {
  readonly kind: ProbeKind;
}

/**
 * Tests and checks on demand. Callers that ask this worker for a probe that it is running share that probe and its one
 * event. If another worker is probing the target, this one waits for it; the result then answers a check.
 */
@Injectable()
export class OnDemandProbes {
  readonly #underWay = new Joined<ProbeVerdict>();

  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly connector: Connector,
    private readonly turns: ProbeTurns,
    private readonly database: Database,
    private readonly integrations: IntegrationRepository,
    private readonly health: HealthRepository,
    private readonly schedule: ProbeScheduleRepository,
    private readonly outbox: Outbox,
    private readonly metrics: OperationMetrics,
    @InjectPinoLogger(OnDemandProbes.name) private readonly log: PinoLogger,
  ) {}

  /** Null if the tenant has no such integration. */
  async run(
    kind: ProbeKind,
    { tenantId, traceparent }: Pick<RpcContext, 'tenantId' | 'traceparent'>,
    integrationId: string,
  ): Promise<ProbeVerdict | null> {
    const integration = await this.integrations.find(tenantId, integrationId);
    if (!integration) return null;
    // The generation is part of the key: after an edit, a verdict on the old settings is of no use.
    const key = JSON.stringify([kind, integrationId, integration.generation]);
    return this.#underWay.run(key, () => this.#run({ kind, traceparent }, integration));
  }

  async #run(asked: Asked, integration: IntegrationRow): Promise<ProbeVerdict> {
    const { tenantId, id } = integration;
    const started = performance.now();
    const before = await this.#believed(integration);
    const turn = await this.turns.take(tenantId, id);
    try {
      const believed = turn.waited ? await this.#believed(integration) : before;
      if (asked.kind === 'check' && believed && believed.verdict.checkedAt !== before?.verdict.checkedAt) {
        return believed.verdict;
      }
      const leftMs = this.config.testTimeoutMs - (performance.now() - started);
      return await this.#probe(asked, integration, leftMs, believed);
    } finally {
      await this.turns.giveBack(turn);
    }
  }

  async #probe(
    asked: Asked,
    integration: IntegrationRow,
    timeoutMs: number,
    believed: HealthRow | undefined,
  ): Promise<ProbeVerdict> {
    const { kind, traceparent } = asked;
    const { id: integrationId, provider } = integration;
    const started = performance.now();
    const verdict = await this.connector[kind](integration, AbortSignal.timeout(Math.max(0, Math.round(timeoutMs))));
    if (kind === 'check') this.metrics.healthChecked(provider, verdict.status);
    else this.metrics.connectionTested(provider, (performance.now() - started) / 1_000);
    await this.#record(asked, integration, verdict, believed);
    const { status, code, latencyMs } = verdict;
    const fields = { integrationId, provider, kind, status, code, latencyMs, ...traceFields(traceparent) };
    this.log.info(fields, 'connection probed');
    return verdict;
  }

  async #believed({ tenantId, id }: IntegrationRow): Promise<HealthRow | undefined> {
    return (await this.health.find(tenantId, [id])).get(id);
  }

  /**
   * A result that differs from the believed status makes the periodic probe due at once. Only that probe judges, so
   * each integration has one judge; and a suspended schedule resumes when somebody has fixed the credential.
   */
  async #record(
    { kind, traceparent }: Asked,
    integration: IntegrationRow,
    verdict: ProbeVerdict,
    believed: HealthRow | undefined,
  ): Promise<void> {
    const { id: integrationId, tenantId, type, provider, generation } = integration;
    await this.database.transaction(async (tx) => {
      if (believed?.status !== verdict.status) await this.schedule.wake(tenantId, integrationId, tx);
      if (kind === 'check') return;
      const data = { status: verdict.status, code: verdict.code, latencyMs: Math.round(verdict.latencyMs) };
      const event = {
        event: 'test_completed',
        tenantId,
        integrationId,
        type,
        provider,
        generation,
        data,
        traceparent,
      } as const;
      await this.outbox.append(event, tx);
    });
  }
}
