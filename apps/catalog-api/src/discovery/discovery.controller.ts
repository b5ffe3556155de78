import { type DiscoveredRepository, DiscoverPageQuery, type Page, RPC } from '@integrations/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/request-schemas';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { RepositoryPageResponse } from './repository.response';
import { VENDOR_PROBLEMS } from './vendor-problems';
import { VendorReads } from './vendor-reads';

/** What an integration reaches at its vendor. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class DiscoveryController {
  constructor(private readonly reads: VendorReads) {}

  /** Asks for the right to test: like a test, it sends the credential to the vendor and spends of its quota. */
  @Get('repositories')
  @ApiOperation({
    summary: 'List the repositories that an integration reaches',
    description: 'Read from the vendor at each call, with the stored credential, by the health-worker.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(DiscoverPageQuery)
  @ApiResponse({ status: 200, type: RepositoryPageResponse })
  @ApiProblems(...VENDOR_PROBLEMS)
  @RequireScope('integrations:test')
  repositories(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(DiscoverPageQuery) query: DiscoverPageQuery,
  ): Promise<Page<DiscoveredRepository>> {
    return this.reads.ask(tenantId, id, RPC.probeDiscover, { kind: 'repositories', ...query }, 'list the repositories');
  }
}
