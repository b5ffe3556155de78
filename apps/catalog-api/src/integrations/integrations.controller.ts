import {
  type IntegrationsSummary,
  type IntegrationView,
  ListIntegrationsQuery,
  type Page,
} from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { API_PREFIX } from '../http/api-prefix';
import { UuidParam } from '../http/id';
import { NoBody } from '../http/no-body';
import { ValidQuery } from '../http/query';
import { invalid, notFound } from '../refusal';
import { CatalogReader } from './catalog-reader';
import { CatalogWriter } from './catalog-writer';
import { DeleteIntegrationQuery } from './delete-integration.query';
import { etagOf, expectMatch, requireMatch } from './etag';
import {
  DescribeCreate,
  DescribeDelete,
  DescribeList,
  DescribePatch,
  DescribeRead,
  DescribeSummary,
  DescribeSwitch,
} from './describe';
import { NamedSockets } from './named-sockets';
import { ReadIntegrationQuery } from './read-integration.query';
import { readRegistration } from './registration';
import { SummariseIntegrationsQuery } from './summarise-integrations.query';

@ApiTags('integrations')
@Controller('integrations')
export class IntegrationsController {
  constructor(
    private readonly reader: CatalogReader,
    private readonly writer: CatalogWriter,
    private readonly registry: ProviderRegistry,
    private readonly sockets: NamedSockets,
  ) {}

  @Post()
  @DescribeCreate()
  @RequireScope('integrations:write')
  async create(
    @RequestCaller() caller: Caller,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    const registration = readRegistration(body, this.registry);
    if (!registration.ok) throw invalid(registration.errors);
    this.sockets.requireNamed(registration.value.endpoint);
    const row = await this.writer.register(caller, registration.value);
    reply.header('location', `/${API_PREFIX}/integrations/${row.id}`);
    return this.#answer(row, reply);
  }

  @Get()
  @DescribeList()
  @RequireScope('integrations:read')
  list(
    @RequestCaller() { tenantId }: Caller,
    @ValidQuery(ListIntegrationsQuery) query: ListIntegrationsQuery,
  ): Promise<Page<IntegrationView>> {
    return this.reader.list(tenantId, query);
  }

  @Get('summary')
  @DescribeSummary()
  @RequireScope('integrations:read')
  summary(
    @RequestCaller() { tenantId }: Caller,
    @ValidQuery(SummariseIntegrationsQuery) query: SummariseIntegrationsQuery,
  ): Promise<IntegrationsSummary> {
    return this.reader.summary(tenantId, query);
  }

  @Get(':id')
  @DescribeRead()
  @RequireScope('integrations:read')
  async read(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ReadIntegrationQuery) { deleted }: ReadIntegrationQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    const view = deleted ? await this.reader.findDeleted(tenantId, id) : await this.reader.find(tenantId, id);
    if (!view) throw notFound('integration', id);
    reply.header('etag', etagOf(view.generation));
    return view;
  }

  @Patch(':id')
  @DescribePatch()
  @RequireScope('integrations:write')
  async patch(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    return this.#answer(await this.writer.patch(caller, id, requireMatch(ifMatch), body), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @DescribeDelete()
  @RequireScope('integrations:write')
  async delete(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @ValidQuery(DeleteIntegrationQuery) { force }: DeleteIntegrationQuery,
    @NoBody() _body: unknown,
  ): Promise<void> {
    await this.writer.delete(caller, id, requireMatch(ifMatch), force);
  }

  @Post(':id/enable')
  @HttpCode(200)
  @DescribeSwitch('enableIntegration', 'Enable an integration, and probe it at once')
  @RequireScope('integrations:write')
  async enable(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @NoBody() _body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    return this.#answer(await this.writer.setEnabled(caller, id, expectMatch(ifMatch), true), reply);
  }

  @Post(':id/disable')
  @HttpCode(200)
  @DescribeSwitch(
    'disableIntegration',
    'Disable an integration: it is no longer probed, and nothing is posted through it',
  )
  @RequireScope('integrations:write')
  async disable(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @NoBody() _body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    return this.#answer(await this.writer.setEnabled(caller, id, expectMatch(ifMatch), false), reply);
  }

  #answer(row: IntegrationRow, reply: FastifyReply): Promise<IntegrationView> {
    reply.header('etag', etagOf(row.generation));
    return this.reader.view(row);
  }
}
