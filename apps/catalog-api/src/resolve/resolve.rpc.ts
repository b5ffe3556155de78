import { RequestRejected, RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
import { type IntegrationView, ResolveIntegrationRequest, RPC } from '@integrations/contracts';
import { type IntegrationPlace, IntegrationRepository } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { CatalogReader } from '../integrations/catalog-reader';
import { bestMatches } from './best-matches';
import { type Location, readLocation } from './location';
import { servedBases } from './served-bases';
import { servedFrom } from './served-from';

const MAX_CANDIDATES = 50;

/** Finds the integration that serves a repository or an image. */
@Controller()
export class ResolveRpc {
  constructor(
    private readonly integrations: IntegrationRepository,
    private readonly registry: ProviderRegistry,
    private readonly reader: CatalogReader,
  ) {}

  /** Refuses with `invalid_request`, `not_found`, or `ambiguous_integration` and the candidates in details. */
  @MessagePattern(RPC.catalogResolve)
  async resolve(
    @RpcBody(ResolveIntegrationRequest) request: ResolveIntegrationRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<IntegrationView> {
    const location = readLocation(request);
    if (!location.ok) throw RequestRejected.forFields('invalid_request', location.errors);

    const { field, host } = location.value;
    const type = request.type ?? (field === 'imageRef' ? 'registry' : 'scm');
    const at = servedFrom(host, type, this.registry);
    const enabled = await this.integrations.listEnabledAt(tenantId, type, at);
    const asked = enabled.filter(({ provider }) => provider === (request.provider ?? provider));
    const found = await bestMatches(location.value, asked, (row) => servedBases(row, this.registry));
    if (found.length > 1) throw ambiguous(location.value, found);
    const view = found[0] ? await this.reader.find(tenantId, found[0].id) : null;
    if (view) return view;
    const message = `no enabled ${type} integration serves ${host} and this path`;
    throw RequestRejected.forFields('not_found', [{ field, message }]);
  }
}

function ambiguous({ field, host }: Location, candidates: readonly IntegrationPlace[]): RequestRejected {
  const details = candidates.slice(0, MAX_CANDIDATES).map(({ id, name, provider }) => ({
    field,
    message: `${id} (${name}, ${provider})`,
  }));
  const message = `${field}: ${candidates.length} enabled integrations serve ${host} and this path equally well`;
  return new RequestRejected('ambiguous_integration', message, details);
}
