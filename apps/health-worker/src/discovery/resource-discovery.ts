import { RequestRejected } from '@integrations/bus';
import { describeErrors, type DiscoverRequest, type DiscoveryPage } from '@integrations/contracts';
import { IntegrationRepository, type IntegrationRow } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import { Connector } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { HealthWorkerConfig } from '../config';
import { seal, unseal } from './cursor';

/** Looks up what integrations reach. Nothing is stored: what a vendor has changes without telling us. */
@Injectable()
export class ResourceDiscovery {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly connector: Connector,
    private readonly integrations: IntegrationRepository,
  ) {}

  /**
   * Throws RequestRejected (`not_found` of the integration, `integration_disabled`, `invalid_request` of the cursor), and
   * ProviderError for what the vendor or the plugin does.
   */
  async list(tenantId: string, request: DiscoverRequest): Promise<DiscoveryPage> {
    const { integrationId, kind, limit } = request;
    const integration = await this.#integration(tenantId, integrationId);
    const q = request.q?.toLowerCase() ?? null;
    const list = { integrationId, kind, q };
    const cursor = request.cursor === undefined ? null : unseal(request.cursor, list);
    if (request.cursor !== undefined && cursor === null) throw badCursor();

    const lister = this.connector.discovery(integration)[kind];
    if (!lister) throw new ProviderError('unsupported_operation', `${integration.provider} lists no ${kind}`);
    const { items, nextCursor } = await lister({ limit, cursor, q }, AbortSignal.timeout(this.config.testTimeoutMs));
    return { items, nextCursor: nextCursor === null ? null : seal(nextCursor, list) };
  }

  async #integration(tenantId: string, integrationId: string): Promise<IntegrationRow> {
    const integration = await this.integrations.find(tenantId, integrationId);
    if (integration?.enabled) return integration;
    if (integration) throw new RequestRejected('integration_disabled', `integration ${integrationId} is disabled`);
    const details = [{ field: 'integrationId', message: 'is not the id of an integration of this tenant' }];
    throw new RequestRejected('not_found', `there is no integration ${integrationId}`, details);
  }
}

function badCursor(): RequestRejected {
  const errors = [{ field: 'cursor', message: 'must be the nextCursor of a page of the same list' }];
  return new RequestRejected('invalid_request', describeErrors(errors), errors);
}
