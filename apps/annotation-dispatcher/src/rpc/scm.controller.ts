import { RpcBody, rpcContext } from '@integrations/bus';
import {
  type OperationResult,
  RPC,
  type ScmAccepted,
  ScmCheckRunRequest,
  ScmCommentRequest,
  type ScmDryRun,
  ScmOperationRequest,
  type ScmOperationView,
  ScmPublishRequest,
  type ScmResponse,
  ScmStatusRequest,
} from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, type NatsContext } from '@nestjs/microservices';
import { Requests } from './requests';

type Reply = Promise<OperationResult<ScmResponse | ScmAccepted | ScmDryRun>>;

/** The door for callers that wait for an answer: NATS request/reply. */
@Controller()
export class ScmController {
  constructor(private readonly requests: Requests) {}

  @MessagePattern(RPC.scmComment)
  comment(@RpcBody(ScmCommentRequest) request: ScmCommentRequest, @Ctx() context: NatsContext): Reply {
    return this.requests.annotate({ operation: 'comment', request }, rpcContext(context));
  }

  @MessagePattern(RPC.scmStatus)
  status(@RpcBody(ScmStatusRequest) request: ScmStatusRequest, @Ctx() context: NatsContext): Reply {
    return this.requests.annotate({ operation: 'status', request }, rpcContext(context));
  }

  @MessagePattern(RPC.scmCheckRun)
  checkRun(@RpcBody(ScmCheckRunRequest) request: ScmCheckRunRequest, @Ctx() context: NatsContext): Reply {
    return this.requests.annotate({ operation: 'check_run', request }, rpcContext(context));
  }

  @MessagePattern(RPC.scmPublish)
  publish(@RpcBody(ScmPublishRequest) request: ScmPublishRequest, @Ctx() context: NatsContext): Reply {
    return this.requests.annotate({ operation: 'publish', request }, rpcContext(context));
  }

  @MessagePattern(RPC.scmOperation)
  operation(
    @RpcBody(ScmOperationRequest) { operationId }: ScmOperationRequest,
    @Ctx() context: NatsContext,
  ): Promise<ScmOperationView> {
    return this.requests.operation(operationId, rpcContext(context).tenantId);
  }
}
