import { RpcBody, rpcContext } from '@integrations/bus';
import { DiscoverRequest, type DiscoveryPage, type OperationResult, RPC } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, type NatsContext } from '@nestjs/microservices';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { answered } from './answer';
import { ResourceDiscovery } from './resource-discovery';

/** What integrations reach, for others to choose from, over NATS request/reply. */
@Controller()
export class DiscoveryController {
  constructor(
    private readonly discovery: ResourceDiscovery,
    @InjectPinoLogger(DiscoveryController.name) private readonly log: PinoLogger,
  ) {}

  @MessagePattern(RPC.probeDiscover)
  discover(
    @RpcBody(DiscoverRequest) request: DiscoverRequest,
    @Ctx() context: NatsContext,
  ): Promise<DiscoveryPage | OperationResult<never>> {
    const { integrationId, kind } = request;
    return answered(this.log, { integrationId, kind }, () =>
      this.discovery.list(rpcContext(context).tenantId, request),
    );
  }
}
