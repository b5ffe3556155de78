import { RequestRejected } from '@integrations/bus';
import { describeErrors, type ProbeDraftRequest, type ProbeVerdict } from '@integrations/contracts';
import { AuditRepository, IntegrationRepository } from '@integrations/database';
import { Connector, ProviderRegistry, type RegisteredIntegration } from '@integrations/providers';
import { OperationMetrics } from '@integrations/telemetry';
import { Injectable } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { APP_NAME } from '../app-name';
import { HealthWorkerConfig } from '../config';
import { targetOf } from './draft-target';

/** Tests of what is not registered. Each leaves an audit entry, and nothing else: no state, no event. */
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

  /** The verdict, good or bad. Throws RequestRejected: `not_found` of `integrationId`, `invalid_request`. */
  async run(tenantId: string, draft: ProbeDraftRequest): Promise<ProbeVerdict> {
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
    this.log.info({ provider, kind: 'draft', status, code, latencyMs }, 'connection probed');
    return verdict;
  }

  async #target(tenantId: string, draft: ProbeDraftRequest): Promise<RegisteredIntegration> {
    const { integrationId, provider } = draft;
    const plugin = this.registry.find(provider);
    if (!plugin) throw invalid([this.registry.unknownProvider()]);
    const saved = integrationId === undefined ? null : await this.integrations.find(tenantId, integrationId);
    if (integrationId !== undefined && !saved) {
      const details = [{ field: 'integrationId', message: 'is not the id of an integration of this tenant' }];
      throw new RequestRejected('not_found', `there is no integration ${integrationId}`, details);
    }
    const target = targetOf(draft, { tenantId, saved, defaultEndpoint: plugin.defaultEndpoint });
    if (!target.ok) throw invalid(target.errors);
    const checked = this.registry.validateConfig(provider, target.value.config);
    if (!checked.ok) throw invalid(checked.errors);
    return target.value;
  }
}

function invalid(errors: Parameters<typeof describeErrors>[0]): RequestRejected {
  return new RequestRejected('invalid_request', describeErrors(errors), errors);
}
