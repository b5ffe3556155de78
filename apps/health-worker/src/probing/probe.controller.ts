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
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<ProbeVerdict> {
    return this.#probe('test', tenantId, integrationId);
  }

  /** Cheap: runs the periodic check now. */
  @MessagePattern(RPC.probeHealth)
  health(
    @RpcBody(IntegrationIdRequest) { integrationId }: IntegrationIdRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<ProbeVerdict> {
    return this.#probe('check', tenantId, integrationId);
  }

  /** Deep as well, for settings that are not stored. */
  @MessagePattern(RPC.probeDraft)
  draft(
    @RpcBody(ProbeDraftRequest) draft: ProbeDraftRequest,
    @RpcCaller() { tenantId }: RpcContext,
  ): Promise<ProbeVerdict> {
    return this.drafts.run(tenantId, draft);
  }

  async #probe(kind: ProbeKind, tenantId: string, integrationId: string): Promise<ProbeVerdict> {
    const verdict = await this.probes.run(kind, tenantId, integrationId);
    if (verdict) return verdict;
    throw noSuchIntegration(integrationId);
  }
}
