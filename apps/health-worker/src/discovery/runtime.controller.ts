import { RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
import { ListWorkloadsRequest, RPC, type WorkloadPage } from '@integrations/contracts';
import { Controller, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { RuntimeReads } from './runtime-reads';
import { VendorFailureFilter } from './vendor-failure.filter';

/** Lists what runtime hosts run, over NATS request/reply. */
@Controller()
@UseFilters(VendorFailureFilter)
export class RuntimeController {
  constructor(private readonly reads: RuntimeReads) {}

  @MessagePattern(RPC.runtimeWorkloads)
  workloads(
    @RpcBody(ListWorkloadsRequest) request: ListWorkloadsRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<WorkloadPage> {
    return this.reads.workloads(tenantId, request);
  }
}
