import { RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
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
import { MessagePattern } from '@nestjs/microservices';
import { Dispatcher } from '../dispatcher';

type Reply = Promise<OperationResult<ScmResponse | ScmAccepted | ScmDryRun>>;

/** Takes requests of callers that wait for an answer, over NATS request/reply. */
@Controller()
export class ScmController {
  constructor(private readonly dispatcher: Dispatcher) {}

  @MessagePattern(RPC.scmComment)
  comment(@RpcBody(ScmCommentRequest) request: ScmCommentRequest, @RpcCaller() caller: RpcContext): Reply {
    return this.dispatcher.requests.annotate({ operation: 'comment', request }, caller);
  }

  @MessagePattern(RPC.scmStatus)
  status(@RpcBody(ScmStatusRequest) request: ScmStatusRequest, @RpcCaller() caller: RpcContext): Reply {
    return this.dispatcher.requests.annotate({ operation: 'status', request }, caller);
  }

  @MessagePattern(RPC.scmCheckRun)
  checkRun(@RpcBody(ScmCheckRunRequest) request: ScmCheckRunRequest, @RpcCaller() caller: RpcContext): Reply {
    return this.dispatcher.requests.annotate({ operation: 'check_run', request }, caller);
  }

  @MessagePattern(RPC.scmPublish)
  publish(@RpcBody(ScmPublishRequest) request: ScmPublishRequest, @RpcCaller() caller: RpcContext): Reply {
    return this.dispatcher.requests.annotate({ operation: 'publish', request }, caller);
  }

  @MessagePattern(RPC.scmOperation)
  operation(
    @RpcBody(ScmOperationRequest) { operationId }: ScmOperationRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<ScmOperationView> {
    return this.dispatcher.requests.operation(tenantId, operationId);
  }
}
