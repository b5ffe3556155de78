import { ListWorkloadsQuery, RPC, type WorkloadPage } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { HealthWorkerClient } from '../health-worker/health-worker-client';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { VendorRead } from './vendor-read';
import { WorkloadPageResponse } from './workload.response';

/** Workloads of a runtime host. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class RuntimeController {
  constructor(private readonly worker: HealthWorkerClient) {}

  @VendorRead('workloads', {
    operationId: 'listWorkloads',
    summary: 'List the workloads of a runtime host, with images and digests',
    description: 'Each call reads from the host, through the health-worker and with the stored credential.',
    query: ListWorkloadsQuery,
    response: WorkloadPageResponse,
  })
  workloads(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListWorkloadsQuery) query: ListWorkloadsQuery,
  ): Promise<WorkloadPage> {
    return this.worker.askAbout(caller, id, RPC.runtimeWorkloads, query, 'list the workloads');
  }
}
