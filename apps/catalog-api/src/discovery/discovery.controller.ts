import { type DiscoveredRepository, DiscoverPageQuery, type Page, RPC } from '@integrations/contracts';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { HealthWorkerClient } from '../health-worker/health-worker-client';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { RepositoryPageResponse } from './repository.response';
import { VendorRead } from './vendor-read';

/** Repositories that an integration can reach at its vendor. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class DiscoveryController {
  constructor(private readonly worker: HealthWorkerClient) {}

  @VendorRead('repositories', {
    operationId: 'listRepositories',
    summary: 'List the repositories that an integration can reach',
    description: 'Each call reads from the vendor, through the health-worker and with the stored credential.',
    query: DiscoverPageQuery,
    response: RepositoryPageResponse,
  })
  repositories(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(DiscoverPageQuery) query: DiscoverPageQuery,
  ): Promise<Page<DiscoveredRepository>> {
    return this.worker.askAbout(
      caller,
      id,
      RPC.probeDiscover,
      { kind: 'repositories', ...query },
      'list the repositories',
    );
  }
}
