import { RpcBody, RpcCaller, type RpcContext } from '@integrations/bus';
import { IntegrationIdRequest, ProbeDraftRequest, type ProbeVerdict, RPC } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { noSuchIntegration } from '../no-such-integration';
import { DraftProbes } from './draft-probes';
import { OnDemandProbes, type ProbeKind } from './on-demand-probes';

/** Probes on demand, over NATS request/reply. */
@Controller()
export class ProbeController {
  constructor(
    private readonly probes: OnDemandProbes,
    private readonly drafts: DraftProbes,
  ) {}

  /** Deep: proves with reads alone what annotating needs. The staged verdict is a successful answer, good or bad. */
  @MessagePattern(RPC.probeTest)
  test(
    @RpcBody(IntegrationIdRequest) { integrationId }: IntegrationIdRequest,
    @RpcCaller() caller: RpcContext,
  ): Promise<ProbeVerdict> {
    return this.#probe('test', caller, integrationId);
  }

  /** Cheap: runs the periodic check now. */
  @MessagePattern(RPC.probeHealth)
  health(
    @RpcBody(IntegrationIdRequest) { integrationId }: IntegrationIdRequest,
    @RpcCaller() caller: RpcContext,
  ): Promise<ProbeVerdict> {
    return this.#probe('check', caller, integrationId);
  }

  /** Deep as well, for settings that are not stored. */
  @MessagePattern(RPC.probeDraft)
  draft(@RpcBody(ProbeDraftRequest) draft: ProbeDraftRequest, @RpcCaller() caller: RpcContext): Promise<ProbeVerdict> {
    return this.drafts.run(caller, draft);
  }

  async #probe(kind: ProbeKind, caller: RpcContext, integrationId: string): Promise<ProbeVerdict> {
    const verdict = await this.probes.run(kind, caller, integrationId);
    if (verdict) return verdict;
    throw noSuchIntegration(integrationId);
  }
}
