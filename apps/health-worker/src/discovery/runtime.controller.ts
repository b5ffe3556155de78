import { RpcBody, rpcContext } from '@integrations/bus';
import { ListWorkloadsRequest, type OperationResult, RPC, type WorkloadPage } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, type NatsContext } from '@nestjs/microservices';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { answered } from './answer';
import { RuntimeReads } from './runtime-reads';

/** What runtime hosts run, over NATS request/reply. */
@Controller()
export class RuntimeController {
  constructor(
    private readonly reads: RuntimeReads,
    @InjectPinoLogger(RuntimeController.name) private readonly log: PinoLogger,
  ) {}

  @MessagePattern(RPC.runtimeWorkloads)
  workloads(
    @RpcBody(ListWorkloadsRequest) request: ListWorkloadsRequest,
    @Ctx() context: NatsContext,
  ): Promise<WorkloadPage | OperationResult<never>> {
    const asked = { integrationId: request.integrationId, kind: 'workloads' };
    return answered(this.log, asked, () => this.reads.workloads(rpcContext(context).tenantId, request));
  }
}
