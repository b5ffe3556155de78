import { DiscoverPageQuery, ListRunsQuery, type PipelinePage, RPC, type RunPage } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { HealthWorker } from '../health-worker';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { PipelinePageResponse, RunPageResponse } from './ci.response';
import { VendorRead } from './vendor-read';

const READ_AT_EACH_CALL = 'Read from the CI system at each call, with the stored credential, by the health-worker.';

/** What a CI system can run and has run. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class CiController {
  constructor(private readonly worker: HealthWorker) {}

  @VendorRead('pipelines', {
    summary: 'List what a CI system can run',
    description: READ_AT_EACH_CALL,
    query: DiscoverPageQuery,
    response: PipelinePageResponse,
  })
  pipelines(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(DiscoverPageQuery) query: DiscoverPageQuery,
  ): Promise<PipelinePage> {
    return this.worker.askAbout(tenantId, id, RPC.ciPipelines, query, 'list the pipelines');
  }

  @VendorRead('runs', {
    summary: 'List what a CI system has run, newest first',
    description: `Some systems need a pipeline or a repository to list runs of, and say so. ${READ_AT_EACH_CALL}`,
    query: ListRunsQuery,
    response: RunPageResponse,
  })
  runs(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListRunsQuery) query: ListRunsQuery,
  ): Promise<RunPage> {
    return this.worker.askAbout(tenantId, id, RPC.ciRuns, query, 'list the runs');
  }
}
