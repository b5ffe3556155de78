import { RequestRejected } from '@integrations/bus';
import { IntegrationRepository, type IntegrationRow } from '@integrations/database';
import { Injectable } from '@nestjs/common';
import { noSuchIntegration } from '../no-such-integration';

/** Finds the integrations through which callers may look things up. */
@Injectable()
export class EnabledIntegrations {
  constructor(private readonly integrations: IntegrationRepository) {}

  /** Throws RequestRejected: `not_found`, `integration_disabled`. */
  async find(tenantId: string, integrationId: string): Promise<IntegrationRow> {
    const integration = await this.integrations.find(tenantId, integrationId);
    if (integration?.enabled) return integration;
    if (integration) throw new RequestRejected('integration_disabled', `integration ${integrationId} is disabled`);
    throw noSuchIntegration(integrationId);
  }
}
