import {
  type ErrorCode,
  ListReferrersQuery,
  ListTagsQuery,
  type ReferrerPage,
  type ResolvedImage,
  ResolveImageQuery,
  RPC,
  type TagPage,
} from '@integrations/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/request-schemas';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { ReferrerPageResponse, ResolvedImageResponse, TagPageResponse } from './image.response';
import { VENDOR_PROBLEMS } from './vendor-problems';
import { VendorReads } from './vendor-reads';

const READ_AT_EACH_CALL = 'Read from the registry at each call, with the stored credential, by the health-worker.';
const PROBLEMS: readonly ErrorCode[] = [...VENDOR_PROBLEMS, 'digest_mismatch'];

/** What a container registry holds. Asks for the right to test, as lists of repositories do. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class RegistryController {
  constructor(private readonly reads: VendorReads) {}

  @Get('tags')
  @ApiOperation({ summary: 'List the tags of a repository of a container registry', description: READ_AT_EACH_CALL })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(ListTagsQuery)
  @ApiResponse({ status: 200, type: TagPageResponse })
  @ApiProblems(...PROBLEMS)
  @RequireScope('integrations:test')
  tags(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListTagsQuery) query: ListTagsQuery,
  ): Promise<TagPage> {
    return this.reads.ask(tenantId, id, RPC.registryTags, query, 'list the tags');
  }

  @Get('digest')
  @ApiOperation({
    summary: 'Ask what a tag or a digest stands for now',
    description: `With a platform, its image out of a multi-platform one. ${READ_AT_EACH_CALL}`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(ResolveImageQuery)
  @ApiResponse({ status: 200, type: ResolvedImageResponse })
  @ApiProblems(...PROBLEMS)
  @RequireScope('integrations:test')
  digest(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ResolveImageQuery) query: ResolveImageQuery,
  ): Promise<ResolvedImage> {
    return this.reads.ask(tenantId, id, RPC.registryResolve, query, 'resolve the image');
  }

  @Get('referrers')
  @ApiOperation({
    summary: 'List what refers to an image: signatures, SBOMs, attestations',
    description: READ_AT_EACH_CALL,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(ListReferrersQuery)
  @ApiResponse({ status: 200, type: ReferrerPageResponse })
  @ApiProblems(...PROBLEMS)
  @RequireScope('integrations:test')
  referrers(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListReferrersQuery) query: ListReferrersQuery,
  ): Promise<ReferrerPage> {
    return this.reads.ask(tenantId, id, RPC.registryReferrers, query, 'list the referrers');
  }
}
