import { ListWorkloadsQuery, RPC, type WorkloadPage } from '@integrations/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/request-schemas';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { VENDOR_PROBLEMS } from './vendor-problems';
import { VendorReads } from './vendor-reads';
import { WorkloadPageResponse } from './workload.response';

/** What a runtime host runs. Asks for the right to test, as lists of repositories do. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class RuntimeController {
  constructor(private readonly reads: VendorReads) {}

  @Get('workloads')
  @ApiOperation({
    summary: 'List what a runtime host runs, with images and digests',
    description: 'Read from the host at each call, with the stored credential, by the health-worker.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(ListWorkloadsQuery)
  @ApiResponse({ status: 200, type: WorkloadPageResponse })
  @ApiProblems(...VENDOR_PROBLEMS)
  @RequireScope('integrations:test')
  workloads(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListWorkloadsQuery) query: ListWorkloadsQuery,
  ): Promise<WorkloadPage> {
    return this.reads.ask(tenantId, id, RPC.runtimeWorkloads, query, 'list the workloads');
  }
}
