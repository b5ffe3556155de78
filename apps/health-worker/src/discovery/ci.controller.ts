import { RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
import { ListPipelinesRequest, ListRunsRequest, type PipelinePage, RPC, type RunPage } from '@integrations/contracts';
import { Controller, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { CiReads } from './ci-reads';
import { VendorFailureFilter } from './vendor-failure.filter';

/** Lists what CI systems can run and have run, over NATS request/reply. */
@Controller()
@UseFilters(VendorFailureFilter)
export class CiController {
  constructor(private readonly reads: CiReads) {}

  @MessagePattern(RPC.ciPipelines)
  pipelines(
    @RpcBody(ListPipelinesRequest) request: ListPipelinesRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<PipelinePage> {
    return this.reads.pipelines(tenantId, request);
  }

  @MessagePattern(RPC.ciRuns)
  runs(@RpcBody(ListRunsRequest) request: ListRunsRequest, @RpcCaller() { tenantId }: RpcContext): Promise<RunPage> {
    return this.reads.runs(tenantId, request);
  }
}
