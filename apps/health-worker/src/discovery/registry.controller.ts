import { RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
import {
  type DiscoveryPage,
  ListReferrersRequest,
  ListRegistryRepositoriesRequest,
  ListTagsRequest,
  type ReferrerPage,
  type ResolvedImage,
  ResolveImageRequest,
  RPC,
  type TagPage,
} from '@integrations/contracts';
import { Controller, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { RegistryReads } from './registry-reads';
import { VendorFailureFilter } from './vendor-failure.filter';

/** Lists what container registries hold, over NATS request/reply. */
@Controller()
@UseFilters(VendorFailureFilter)
export class RegistryController {
  constructor(private readonly reads: RegistryReads) {}

  @MessagePattern(RPC.registryRepositories)
  repositories(
    @RpcBody(ListRegistryRepositoriesRequest) request: ListRegistryRepositoriesRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<DiscoveryPage> {
    return this.reads.repositories(tenantId, request);
  }

  @MessagePattern(RPC.registryTags)
  tags(@RpcBody(ListTagsRequest) request: ListTagsRequest, @RpcCaller() { tenantId }: RpcContext): Promise<TagPage> {
    return this.reads.tags(tenantId, request);
  }

  @MessagePattern(RPC.registryResolve)
  resolve(
    @RpcBody(ResolveImageRequest) request: ResolveImageRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<ResolvedImage> {
    return this.reads.resolve(tenantId, request);
  }

  @MessagePattern(RPC.registryReferrers)
  referrers(
    @RpcBody(ListReferrersRequest) request: ListReferrersRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<ReferrerPage> {
    return this.reads.referrers(tenantId, request);
  }
}
