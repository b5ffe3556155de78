import { RequestRejected, type RpcContext } from '@integrations/bus';
import type { ProbeDraftRequest, ProbeVerdict } from '@integrations/contracts';
import { AuditRepository, IntegrationRepository } from '@integrations/database';
import { Connector, ProviderRegistry, type RegisteredIntegration } from '@integrations/providers';
import { OperationMetrics, traceFields } from '@integrations/telemetry';
import { Injectable } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { APP_NAME } from '../app-name';
import { HealthWorkerConfig } from '../config';
import { noSuchIntegration } from '../no-such-integration';
import { targetOf } from './draft-target';

/** Tests settings that are not registered. Each test leaves an audit entry and nothing else: no state, no event. */
@Injectable()
export class DraftProbes {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly connector: Connector,
    private readonly registry: ProviderRegistry,
    private readonly integrations: IntegrationRepository,
    private readonly audit: AuditRepository,
    private readonly metrics: OperationMetrics,
    @InjectPinoLogger(DraftProbes.name) private readonly log: PinoLogger,
  ) {}

  /** The verdict, good or bad. Throws RequestRejected: `not_found` for `integrationId`, `invalid_request`. */
  async run({ tenantId, traceparent }: RpcContext, draft: ProbeDraftRequest): Promise<ProbeVerdict> {
    const target = await this.#target(tenantId, draft);
    const { provider } = target;
    const started = performance.now();
    const verdict = await this.connector.test(target, AbortSignal.timeout(this.config.testTimeoutMs));
    this.metrics.connectionTested(provider, (performance.now() - started) / 1_000);
    const { status, code, latencyMs } = verdict;
    await this.audit.append({
      tenantId,
      actor: draft.requestedBy ?? APP_NAME,
      app: APP_NAME,
      action: 'integration.draft_tested',
      integrationId: draft.integrationId ?? null,
      outcome: 'succeeded',
      detail: { provider, endpointHost: URL.parse(target.endpoint)?.host ?? '', status, code },
    });
    const fields = { provider, kind: 'draft', status, code, latencyMs, ...traceFields(traceparent) };
    this.log.info(fields, 'connection probed');
    return verdict;
  }

  async #target(tenantId: string, draft: ProbeDraftRequest): Promise<RegisteredIntegration> {
    const { integrationId, provider } = draft;
    const plugin = this.registry.find(provider);
    if (!plugin) throw RequestRejected.forFields('invalid_request', [this.registry.unknownProvider()]);
    const saved = integrationId === undefined ? null : await this.integrations.find(tenantId, integrationId);
    if (integrationId !== undefined && !saved) throw noSuchIntegration(integrationId);
    const target = targetOf(draft, { tenantId, saved, defaultEndpoint: plugin.defaultEndpoint });
    if (!target.ok) throw RequestRejected.forFields('invalid_request', target.errors);
    const checked = this.registry.validateConfig(provider, target.value.config);
    if (!checked.ok) throw RequestRejected.forFields('invalid_request', checked.errors);
    return target.value;
  }
}
