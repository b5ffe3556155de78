import type { ListWorkloadsRequest, WorkloadPage } from '@integrations/contracts';
import { parseLabels } from '@integrations/provider-kit';
import { Connector } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { HealthWorkerConfig } from '../config';
import { pageQuery, sealed, searched } from './cursor';
import { EnabledIntegrations } from './enabled-integrations';

/** Reads runtime hosts. Nothing is stored: each answer is what runs now. */
@Injectable()
export class RuntimeReads {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly connector: Connector,
    private readonly integrations: EnabledIntegrations,
  ) {}

  /**
   * Throws RequestRejected (`not_found` for the integration, `integration_disabled`, `invalid_request` for the cursor),
   * and ProviderError for failures of the host or its plugin: `unsupported_operation` if the integration lists no
   * workloads.
   */
  async workloads(tenantId: string, request: ListWorkloadsRequest): Promise<WorkloadPage> {
    const { integrationId, namespace = null, labels: selector } = request;
    const runtime = this.connector.runtime(await this.integrations.find(tenantId, integrationId));
    const list = { integrationId, kind: 'workloads', of: [namespace ?? '', selector ?? ''], q: searched(request) };
    const labels = selector === undefined ? [] : parseLabels(selector);
    const query = { ...pageQuery(request, list), namespace, labels };
    return sealed(await runtime.listWorkloads(query, AbortSignal.timeout(this.config.testTimeoutMs)), list);
  }
}
