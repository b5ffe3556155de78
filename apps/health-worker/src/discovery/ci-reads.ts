import type { ListPipelinesRequest, ListRunsRequest, PipelinePage, RunPage } from '@integrations/contracts';
import type { CiConnector } from '@integrations/provider-kit';
import { Connector } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { HealthWorkerConfig } from '../config';
import { pageQuery, sealed, searched } from './cursor';
import { EnabledIntegrations } from './enabled-integrations';

/**
 * Reads CI systems. Nothing is stored: a run goes on without telling us. Both throw RequestRejected (`not_found` of the
 * integration, `integration_disabled`, `invalid_request` of the cursor), and ProviderError for what the system or its plugin
 * does: `unsupported_operation` where the integration is no CI system.
 */
@Injectable()
export class CiReads {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly connector: Connector,
    private readonly integrations: EnabledIntegrations,
  ) {}

  async pipelines(tenantId: string, request: ListPipelinesRequest): Promise<PipelinePage> {
    const { integrationId } = request;
    const ci = await this.#open(tenantId, integrationId);
    const list = { integrationId, kind: 'pipelines', q: searched(request) };
    return sealed(await ci.listPipelines(pageQuery(request, list), this.#patience()), list);
  }

  async runs(tenantId: string, request: ListRunsRequest): Promise<RunPage> {
    const { integrationId, pipeline = null, repository = null, commit = null } = request;
    const ci = await this.#open(tenantId, integrationId);
    const of = [pipeline, repository, commit].map((filter) => filter ?? '');
    const list = { integrationId, kind: 'runs', of, q: null };
    const query = { ...pageQuery(request, list), pipeline, repository, commit };
    return sealed(await ci.listRuns(query, this.#patience()), list);
  }

  async #open(tenantId: string, integrationId: string): Promise<CiConnector> {
    return this.connector.ci(await this.integrations.find(tenantId, integrationId));
  }

  #patience(): AbortSignal {
    return AbortSignal.timeout(this.config.testTimeoutMs);
  }
}
