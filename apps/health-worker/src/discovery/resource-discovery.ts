import type { DiscoverRequest, DiscoveryPage } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { Connector } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { HealthWorkerConfig } from '../config';
import { pageQuery, sealed, searched } from './cursor';
import { EnabledIntegrations } from './enabled-integrations';

/** Looks up what integrations can reach. Nothing is stored, because vendors change without notifying us. */
@Injectable()
export class ResourceDiscovery {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly connector: Connector,
    private readonly integrations: EnabledIntegrations,
  ) {}

  /**
   * Throws RequestRejected (`not_found` for the integration, `integration_disabled`, `invalid_request` for the cursor),
   * and ProviderError for failures of the vendor or the plugin.
   */
  async list(tenantId: string, request: DiscoverRequest): Promise<DiscoveryPage> {
    const { integrationId, kind } = request;
    const integration = await this.integrations.find(tenantId, integrationId);
    const list = { integrationId, kind, q: searched(request) };
    const query = pageQuery(request, list);

    const lister = this.connector.discovery(integration)[kind];
    if (!lister) throw new ProviderError('unsupported_operation', `${integration.provider} lists no ${kind}`);
    return sealed(await lister(query, AbortSignal.timeout(this.config.testTimeoutMs)), list);
  }
}
