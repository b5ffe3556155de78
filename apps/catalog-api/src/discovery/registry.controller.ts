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
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { HealthWorkerClient } from '../health-worker/health-worker-client';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { ReferrerPageResponse, ResolvedImageResponse, TagPageResponse } from './image.response';
import { VendorRead } from './vendor-read';

const READ_AT_EACH_CALL =
  'Each call reads from the registry, through the health-worker and with the stored credential.';
const DISHONEST: readonly ErrorCode[] = ['digest_mismatch'];

/** Tags, digests and referrers of a container registry. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class RegistryController {
  constructor(private readonly worker: HealthWorkerClient) {}

  @VendorRead('tags', {
    operationId: 'listTags',
    summary: 'List the tags of a repository in a container registry',
    description: READ_AT_EACH_CALL,
    query: ListTagsQuery,
    response: TagPageResponse,
    problems: DISHONEST,
  })
  tags(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListTagsQuery) query: ListTagsQuery,
  ): Promise<TagPage> {
    return this.worker.askAbout(caller, id, RPC.registryTags, query, 'list the tags');
  }

  @VendorRead('digest', {
    operationId: 'resolveImage',
    summary: 'Resolve a tag or digest to the image that it refers to now',
    description: `\`platform\` selects one image from a multi-platform image. ${READ_AT_EACH_CALL}`,
    query: ResolveImageQuery,
    response: ResolvedImageResponse,
    problems: DISHONEST,
  })
  digest(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ResolveImageQuery) query: ResolveImageQuery,
  ): Promise<ResolvedImage> {
    return this.worker.askAbout(caller, id, RPC.registryResolve, query, 'resolve the image');
  }

  @VendorRead('referrers', {
    operationId: 'listReferrers',
    summary: 'List the artifacts that refer to an image: signatures, SBOMs, attestations',
    description: READ_AT_EACH_CALL,
    query: ListReferrersQuery,
    response: ReferrerPageResponse,
    problems: DISHONEST,
  })
  referrers(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListReferrersQuery) query: ListReferrersQuery,
  ): Promise<ReferrerPage> {
    return this.worker.askAbout(caller, id, RPC.registryReferrers, query, 'list the referrers');
  }
}
