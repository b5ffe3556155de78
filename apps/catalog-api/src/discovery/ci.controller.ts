import { DiscoverPageQuery, ListRunsQuery, type PipelinePage, RPC, type RunPage } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { HealthWorkerClient } from '../health-worker/health-worker-client';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { PipelinePageResponse, RunPageResponse } from './ci.response';
import { VendorRead } from './vendor-read';

const READ_AT_EACH_CALL =
  'Each call reads from the CI system, through the health-worker and with the stored credential.';

/** Pipelines and runs of a CI system. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class CiController {
  constructor(private readonly worker: HealthWorkerClient) {}

  @VendorRead('pipelines', {
    operationId: 'listPipelines',
    summary: 'List the pipelines of a CI system',
    description: READ_AT_EACH_CALL,
    query: DiscoverPageQuery,
    response: PipelinePageResponse,
  })
  pipelines(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(DiscoverPageQuery) query: DiscoverPageQuery,
  ): Promise<PipelinePage> {
    return this.worker.askAbout(caller, id, RPC.ciPipelines, query, 'list the pipelines');
  }

  @VendorRead('runs', {
    operationId: 'listRuns',
    summary: 'List the runs of a CI system, newest first',
    description: `Some systems require \`pipeline\` or \`repository\`; the error says which. ${READ_AT_EACH_CALL}`,
    query: ListRunsQuery,
    response: RunPageResponse,
  })
  runs(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListRunsQuery) query: ListRunsQuery,
  ): Promise<RunPage> {
    return this.worker.askAbout(caller, id, RPC.ciRuns, query, 'list the runs');
  }
}
