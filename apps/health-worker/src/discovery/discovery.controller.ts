import { RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
import { DiscoverRequest, type DiscoveryPage, RPC } from '@integrations/contracts';
import { Controller, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { ResourceDiscovery } from './resource-discovery';
import { VendorFailureFilter } from './vendor-failure.filter';

/** Lists what integrations can reach, for callers to choose from, over NATS request/reply. */
@Controller()
@UseFilters(VendorFailureFilter)
export class DiscoveryController {
  constructor(private readonly discovery: ResourceDiscovery) {}

  @MessagePattern(RPC.probeDiscover)
  discover(
    @RpcBody(DiscoverRequest) request: DiscoverRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<DiscoveryPage> {
    return this.discovery.list(tenantId, request);
  }
}
