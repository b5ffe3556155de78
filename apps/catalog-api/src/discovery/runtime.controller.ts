import { ListWorkloadsQuery, RPC, type WorkloadPage } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { HealthWorker } from '../health-worker';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { VendorRead } from './vendor-read';
import { WorkloadPageResponse } from './workload.response';

/** What a runtime host runs. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class RuntimeController {
  constructor(private readonly worker: HealthWorker) {}

  @VendorRead('workloads', {
    summary: 'List what a runtime host runs, with images and digests',
    description: 'Read from the host at each call, with the stored credential, by the health-worker.',
    query: ListWorkloadsQuery,
    response: WorkloadPageResponse,
  })
  workloads(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListWorkloadsQuery) query: ListWorkloadsQuery,
  ): Promise<WorkloadPage> {
    return this.worker.askAbout(tenantId, id, RPC.runtimeWorkloads, query, 'list the workloads');
  }
}
