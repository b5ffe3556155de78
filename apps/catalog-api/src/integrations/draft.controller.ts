import { type ProbeVerdict, RPC } from '@integrations/contracts';
import { IntegrationRepository } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { HealthWorkerClient } from '../health-worker/health-worker-client';
import { invalid, notFound } from '../refusal';
import { DescribeDraftTest } from './describe';
import { readDraft, readSavedId } from './draft';

/** Tests drafts of registrations. */
@ApiTags('integrations')
@Controller('integrations')
export class DraftController {
  constructor(
    private readonly integrations: IntegrationRepository,
    private readonly worker: HealthWorkerClient,
    private readonly registry: ProviderRegistry,
  ) {}

  /**
   * Requires the scope to register: like a registration, a draft sends a credential of the tenant to any address it
   * names.
   */
  @Post('test')
  @HttpCode(200)
  @DescribeDraftTest()
  @RequireScope('integrations:write')
  async test(@RequestCaller() caller: Caller, @Body() body: unknown): Promise<ProbeVerdict> {
    const { tenantId, name: requestedBy } = caller;
    const savedId = readSavedId(body);
    if (!savedId.ok) throw invalid(savedId.errors);
    const saved = savedId.value === null ? null : await this.integrations.find(tenantId, savedId.value);
    if (savedId.value !== null && !saved) throw notFound('integration', savedId.value);
    const draft = readDraft(body, saved, this.registry);
    if (!draft.ok) throw invalid(draft.errors);
    return this.worker.ask(caller, RPC.probeDraft, { ...draft.value, requestedBy }, 'test the connection');
  }
}
