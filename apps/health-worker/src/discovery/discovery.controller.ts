import { RpcBody, rpcContext } from '@integrations/bus';
import { DiscoverRequest, type DiscoveryPage, failed, type OperationResult, RPC } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, type NatsContext } from '@nestjs/microservices';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { ResourceDiscovery } from './resource-discovery';

/** What integrations reach, for others to choose from, over NATS request/reply. */
@Controller()
export class DiscoveryController {
  constructor(
    private readonly discovery: ResourceDiscovery,
    @InjectPinoLogger(DiscoveryController.name) private readonly log: PinoLogger,
  ) {}

  @MessagePattern(RPC.probeDiscover)
  async discover(
    @RpcBody(DiscoverRequest) request: DiscoverRequest,
    @Ctx() context: NatsContext,
  ): Promise<DiscoveryPage | OperationResult<never>> {
    try {
      return await this.discovery.list(rpcContext(context).tenantId, request);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { integrationId, kind } = request;
      this.log.warn({ integrationId, kind, errorCode: error.code, err: error }, 'discovery failed');
      return failed(error.code, error.message, {
        isTransient: error.transient,
        retryAfterMs: error.retryAfterMs ?? null,
      });
    }
  }
}
