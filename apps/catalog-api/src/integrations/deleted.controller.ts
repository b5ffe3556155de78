import type { IntegrationView } from '@integrations/contracts';
import { Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { UuidParam } from '../http/id';
import { NoBody } from '../http/no-body';
import { CatalogReader } from './catalog-reader';
import { CatalogWriter } from './catalog-writer';
import { DescribePurge, DescribeRestore } from './describe';
import { etagOf, expectMatch } from './etag';

/** Restores or purges deleted integrations. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class DeletedController {
  constructor(
    private readonly reader: CatalogReader,
    private readonly writer: CatalogWriter,
  ) {}

  @Post('restore')
  @HttpCode(200)
  @DescribeRestore()
  @RequireScope('integrations:write')
  async restore(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @NoBody() _body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    const row = await this.writer.restore(caller, id, expectMatch(ifMatch));
    reply.header('etag', etagOf(row.generation));
    return this.reader.view(row);
  }

  @Post('purge')
  @HttpCode(204)
  @DescribePurge()
  @RequireScope('integrations:write')
  async purge(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @NoBody() _body: unknown,
  ): Promise<void> {
    await this.writer.purge(caller, id, expectMatch(ifMatch));
  }
}
