import { RpcBody, rpcContext } from '@integrations/bus';
import {
  ListPipelinesRequest,
  ListRunsRequest,
  type OperationResult,
  type PipelinePage,
  RPC,
  type RunPage,
} from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, type NatsContext } from '@nestjs/microservices';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { answered } from './answer';
import { CiReads } from './ci-reads';

/** What CI systems can run and have run, over NATS request/reply. */
@Controller()
export class CiController {
  constructor(
    private readonly reads: CiReads,
    @InjectPinoLogger(CiController.name) private readonly log: PinoLogger,
  ) {}

  @MessagePattern(RPC.ciPipelines)
  pipelines(
    @RpcBody(ListPipelinesRequest) request: ListPipelinesRequest,
    @Ctx() context: NatsContext,
  ): Promise<PipelinePage | OperationResult<never>> {
    const asked = { integrationId: request.integrationId, kind: 'pipelines' };
    return answered(this.log, asked, () => this.reads.pipelines(rpcContext(context).tenantId, request));
  }

  @MessagePattern(RPC.ciRuns)
  runs(
    @RpcBody(ListRunsRequest) request: ListRunsRequest,
    @Ctx() context: NatsContext,
  ): Promise<RunPage | OperationResult<never>> {
    const asked = { integrationId: request.integrationId, kind: 'runs' };
    return answered(this.log, asked, () => this.reads.runs(rpcContext(context).tenantId, request));
  }
}
