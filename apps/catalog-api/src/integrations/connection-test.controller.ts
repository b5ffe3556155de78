import type { ProbeVerdict } from '@integrations/contracts';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { UuidParam } from '../http/id';
import { NoBody } from '../http/no-body';
import { notFound } from '../refusal';
import { CatalogReader } from './catalog-reader';
import { ConnectionTest } from './connection-test';
import { DescribeTest } from './describe';

/** How an integration fares now. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class ConnectionTestController {
  constructor(
    private readonly reader: CatalogReader,
    private readonly connection: ConnectionTest,
  ) {}

  @Post('test')
  @HttpCode(200)
  @DescribeTest()
  @RequireScope('integrations:test')
  async test(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @NoBody() _body: unknown,
  ): Promise<ProbeVerdict> {
    // Known here, so that a wrong id is told as such even while no worker runs.
    if (!(await this.reader.find(tenantId, id))) throw notFound('integration', id);
    return this.connection.run(tenantId, id);
  }
}
