import { type DiscoveredRepository, DiscoverPageQuery, type Page, RPC } from '@integrations/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/request-schemas';
import { HealthWorker } from '../health-worker';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { CatalogReader } from '../integrations/catalog-reader';
import { notFound } from '../refusal';
import { RepositoryPageResponse } from './repository.response';

/** What an integration reaches at its vendor. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class DiscoveryController {
  constructor(
    private readonly reader: CatalogReader,
    private readonly worker: HealthWorker,
  ) {}

  /** Asks for the right to test: like a test, it sends the credential to the vendor and spends of its quota. */
  @Get('repositories')
  @ApiOperation({
    summary: 'List the repositories that an integration reaches',
    description: 'Read from the vendor at each call, with the stored credential, by the health-worker.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(DiscoverPageQuery)
  @ApiResponse({ status: 200, type: RepositoryPageResponse })
  @ApiProblems(
    'invalid_request',
    'not_found',
    'integration_disabled',
    'unsupported_operation',
    'rate_limited',
    'unauthenticated',
    'provider_unavailable',
    'timeout',
  )
  @RequireScope('integrations:test')
  async repositories(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(DiscoverPageQuery) query: DiscoverPageQuery,
  ): Promise<Page<DiscoveredRepository>> {
    // Known here, so that a wrong id is told as such even while no worker runs.
    if (!(await this.reader.findRow(tenantId, id))) throw notFound('integration', id);
    const request = { integrationId: id, kind: 'repositories', ...query };
    return this.worker.ask(tenantId, RPC.probeDiscover, request, 'list the repositories');
  }
}
