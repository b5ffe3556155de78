import { RequestRejected, RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
import {
  IntegrationIdRequest,
  type IntegrationView,
  ListIntegrationsQuery,
  type Page,
  RPC,
} from '@integrations/contracts';
import { InvalidCursor } from '@integrations/database';
import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { CatalogReader } from './catalog-reader';

/** The catalog over NATS request/reply, for the tenant named in the header. */
@Controller()
export class CatalogRpc {
  constructor(private readonly catalog: CatalogReader) {}

  @MessagePattern(RPC.catalogGet)
  async get(
    @RpcBody(IntegrationIdRequest) { integrationId }: IntegrationIdRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<IntegrationView> {
    const found = await this.catalog.find(tenantId, integrationId);
    if (!found) throw new RequestRejected('not_found', `there is no integration ${integrationId} in this tenant`);
    return found;
  }

  @MessagePattern(RPC.catalogList)
  async list(
    @RpcBody(ListIntegrationsQuery) query: ListIntegrationsQuery,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<Page<IntegrationView>> {
    try {
      return await this.catalog.list(tenantId, query);
    } catch (error) {
      if (!(error instanceof InvalidCursor)) throw error;
      const details = [{ field: 'cursor', message: 'must be the nextCursor of a page' }];
      throw new RequestRejected('invalid_request', error.message, details);
    }
  }
}
