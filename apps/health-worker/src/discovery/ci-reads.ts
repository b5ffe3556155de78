import type { ListPipelinesRequest, ListRunsRequest, PipelinePage, RunPage } from '@integrations/contracts';
import type { CiConnector } from '@integrations/provider-kit';
import { Connector } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { HealthWorkerConfig } from '../config';
import { pageQuery, sealed, searched } from './cursor';
import { EnabledIntegrations } from './enabled-integrations';

/**
 * Reads CI systems. Nothing is stored, because runs progress without notifying us. Both methods throw RequestRejected
 * (`not_found` for the integration, `integration_disabled`, `invalid_request` for the cursor), and ProviderError for
 * failures of the system or its plugin: `unsupported_operation` if the integration is not a CI system.
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
    return sealed(await ci.listPipelines(pageQuery(request, list), this.#timeout()), list);
  }

  async runs(tenantId: string, request: ListRunsRequest): Promise<RunPage> {
    const { integrationId, pipeline = null, repository = null, commit = null } = request;
    const ci = await this.#open(tenantId, integrationId);
    const of = [pipeline, repository, commit].map((filter) => filter ?? '');
    const list = { integrationId, kind: 'runs', of, q: null };
    const query = { ...pageQuery(request, list), pipeline, repository, commit };
    return sealed(await ci.listRuns(query, this.#timeout()), list);
  }

  async #open(tenantId: string, integrationId: string): Promise<CiConnector> {
    return this.connector.ci(await this.integrations.find(tenantId, integrationId));
  }

  #timeout(): AbortSignal {
    return AbortSignal.timeout(this.config.testTimeoutMs);
  }
}
