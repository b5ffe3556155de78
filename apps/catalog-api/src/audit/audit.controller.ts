import type { AuditEntryView, AuditVerificationView, Page } from '@integrations/contracts';
import { AuditRepository, type DigestKeys } from '@integrations/database';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/query-parameters';
import { ValidQuery } from '../http/query';
import { Refusal } from '../refusal';
import { AUDIT_KEYS } from './audit-keys';
import { AuditPageResponse, AuditVerificationResponse } from './audit.response';
import { toAuditEntryView, toVerificationView } from './audit.view';
import { filterOf, ListAuditQuery } from './list-audit.query';

/** The audit trail of the caller's tenant. */
@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly audit: AuditRepository,
    @Inject(AUDIT_KEYS) private readonly keys: DigestKeys | null,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAuditEntries', summary: 'List audit entries, newest first' })
  @ApiQueryOf(ListAuditQuery)
  @ApiResponse({ status: 200, type: AuditPageResponse })
  @ApiProblems('invalid_request')
  @RequireScope('audit:read')
  async list(
    @RequestCaller() { tenantId }: Caller,
    @ValidQuery(ListAuditQuery) query: ListAuditQuery,
  ): Promise<Page<AuditEntryView>> {
    const { items, nextCursor } = await this.audit.list(tenantId, filterOf(query), query);
    return { items: items.map(toAuditEntryView), nextCursor };
  }

  @Get('verify')
  @ApiOperation({
    operationId: 'verifyAudit',
    summary: 'Verify that no audit entry was changed, removed or inserted',
    description: 'Reads the whole chain and its signed digests. This takes a few seconds per 100,000 entries.',
  })
  @ApiResponse({ status: 200, type: AuditVerificationResponse })
  @ApiProblems('invalid_request')
  @RequireScope('audit:read')
  async verify(
    @RequestCaller() { tenantId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditVerificationView> {
    return toVerificationView(await this.audit.verify(tenantId, whileConnected(reply), this.keys));
  }
}

/** Aborts when the caller hangs up. */
function whileConnected(reply: FastifyReply): AbortSignal {
  const connection = new AbortController();
  reply.raw.once('close', () => connection.abort(new Refusal('timeout', 'the caller did not wait for the answer')));
  return connection.signal;
}
