import type {
  DiscoveryPage,
  ListReferrersRequest,
  ListRegistryRepositoriesRequest,
  ListTagsRequest,
  ReferrerPage,
  ResolvedImage,
  ResolveImageRequest,
  TagPage,
} from '@integrations/contracts';
import type { RegistryConnector } from '@integrations/provider-kit';
import { Connector } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { HealthWorkerConfig } from '../config';
import { pageQuery, sealed, searched } from './cursor';
import { EnabledIntegrations } from './enabled-integrations';
import { ResourceDiscovery } from './resource-discovery';

/**
 * Reads container registries. Nothing is stored: a tag is what it is now. All methods throw RequestRejected
 * (`not_found` for the integration, `integration_disabled`, `invalid_request` for the cursor), and ProviderError for
 * failures of the registry or its plugin: `unsupported_operation` if the integration is not a registry.
 */
@Injectable()
export class RegistryReads {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly connector: Connector,
    private readonly integrations: EnabledIntegrations,
    private readonly discovery: ResourceDiscovery,
  ) {}

  async repositories(tenantId: string, request: ListRegistryRepositoriesRequest): Promise<DiscoveryPage> {
    await this.#open(tenantId, request.integrationId);
    return this.discovery.list(tenantId, { ...request, kind: 'repositories' });
  }

  async tags(tenantId: string, request: ListTagsRequest): Promise<TagPage> {
    const { integrationId, repository } = request;
    const registry = await this.#open(tenantId, integrationId);
    const list = { integrationId, kind: 'tags', of: [repository], q: searched(request) };
    return sealed(await registry.listTags(repository, pageQuery(request, list), this.#timeout()), list);
  }

  async resolve(tenantId: string, request: ResolveImageRequest): Promise<ResolvedImage> {
    const { repository, reference, platform = null } = request;
    const registry = await this.#open(tenantId, request.integrationId);
    return registry.resolveDigest(repository, reference, { platform }, this.#timeout());
  }

  async referrers(tenantId: string, request: ListReferrersRequest): Promise<ReferrerPage> {
    const { integrationId, repository, digest, artifactType = null } = request;
    const registry = await this.#open(tenantId, integrationId);
    const of = [repository, digest, artifactType ?? ''];
    const list = { integrationId, kind: 'referrers', of, q: searched(request) };
    const asked = { ...pageQuery(request, list), artifactType };
    return sealed(await registry.listReferrers(repository, digest, asked, this.#timeout()), list);
  }

  async #open(tenantId: string, integrationId: string): Promise<RegistryConnector> {
    const integration = await this.integrations.find(tenantId, integrationId);
    return this.connector.registry(integration);
  }

  #timeout(): AbortSignal {
    return AbortSignal.timeout(this.config.testTimeoutMs);
  }
}
