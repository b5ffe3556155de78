import { RpcBody, rpcContext } from '@integrations/bus';
import {
  type DiscoveryPage,
  ListReferrersRequest,
  ListRegistryRepositoriesRequest,
  ListTagsRequest,
  type OperationResult,
  type ReferrerPage,
  type ResolvedImage,
  ResolveImageRequest,
  RPC,
  type TagPage,
} from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, type NatsContext } from '@nestjs/microservices';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { answered } from './answer';
import { RegistryReads } from './registry-reads';

type Reply<T> = Promise<T | OperationResult<never>>;

/** What container registries hold, over NATS request/reply. */
@Controller()
export class RegistryController {
  constructor(
    private readonly reads: RegistryReads,
    @InjectPinoLogger(RegistryController.name) private readonly log: PinoLogger,
  ) {}

  @MessagePattern(RPC.registryRepositories)
  repositories(
    @RpcBody(ListRegistryRepositoriesRequest) request: ListRegistryRepositoriesRequest,
    @Ctx() context: NatsContext,
  ): Reply<DiscoveryPage> {
    return this.#answer('repositories', request, () => this.reads.repositories(rpcContext(context).tenantId, request));
  }

  @MessagePattern(RPC.registryTags)
  tags(@RpcBody(ListTagsRequest) request: ListTagsRequest, @Ctx() context: NatsContext): Reply<TagPage> {
    return this.#answer('tags', request, () => this.reads.tags(rpcContext(context).tenantId, request));
  }

  @MessagePattern(RPC.registryResolve)
  resolve(
    @RpcBody(ResolveImageRequest) request: ResolveImageRequest,
    @Ctx() context: NatsContext,
  ): Reply<ResolvedImage> {
    return this.#answer('digest', request, () => this.reads.resolve(rpcContext(context).tenantId, request));
  }

  @MessagePattern(RPC.registryReferrers)
  referrers(
    @RpcBody(ListReferrersRequest) request: ListReferrersRequest,
    @Ctx() context: NatsContext,
  ): Reply<ReferrerPage> {
    return this.#answer('referrers', request, () => this.reads.referrers(rpcContext(context).tenantId, request));
  }

  #answer<T>(kind: string, { integrationId }: { readonly integrationId: string }, work: () => Promise<T>): Reply<T> {
    return answered(this.log, { integrationId, kind }, work);
  }
}
