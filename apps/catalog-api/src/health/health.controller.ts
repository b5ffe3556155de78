import type { HealthReport } from '@integrations/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { HealthReportResponse } from '../docs/health.response';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/query-parameters';
import { ApiUuidParam } from '../docs/uuid-param';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { notFound } from '../refusal';
import { HealthReader } from './health-reader';
import { HealthQuery } from './health.query';
import { parseWindow } from './window';

const DESCRIPTION =
  'Returns the current health with its reason and remedy, and the history over a window that ends now: status changes, ' +
  'duration of checks, and time in each state. Uptime is the share of counted time in which the status was healthy or ' +
  'degraded. Maintenance, stale time and the time before the first check do not count, and are listed separately. ' +
  'Transitions are kept for 400 days, individual results for seven.';

/** Current and past health of an integration. */
@ApiTags('integrations')
@Controller('integrations/:id/health')
export class HealthController {
  constructor(private readonly reader: HealthReader) {}

  @Get()
  @ApiOperation({
    operationId: 'getHealth',
    summary: 'Read the current health and its history',
    description: DESCRIPTION,
  })
  @ApiUuidParam('id')
  @ApiQueryOf(HealthQuery)
  @ApiResponse({ status: 200, type: HealthReportResponse })
  @ApiProblems('invalid_request', 'not_found')
  @RequireScope('integrations:read')
  async read(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(HealthQuery) { window }: HealthQuery,
  ): Promise<HealthReport> {
    const report = await this.reader.report(tenantId, id, parseWindow(window) ?? 0);
    if (!report) throw notFound('integration', id);
    return report;
  }
}
