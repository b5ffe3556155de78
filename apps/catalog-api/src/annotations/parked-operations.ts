import { AuditRepository, Database, OperationRepository, type OperationRow, Outbox } from '@integrations/database';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller';
import { notFound, Refusal } from '../refusal';

/** What was parked while posting was switched off. */
@Injectable()
export class ParkedOperations {
  constructor(
    private readonly database: Database,
    private readonly operations: OperationRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditRepository,
  ) {}

  /**
   * Queues a parked operation again; a dispatcher posts it as if it had just been asked for. Ends it as superseded if
   * something newer was accepted under its upsertKey since. Throws a Refusal: not found, or not parked.
   */
  retry({ tenantId, name: actor }: Caller, operationId: string): Promise<OperationRow> {
    return this.database.transaction(async (tx) => {
      const row = await this.operations.requeue(tenantId, operationId, tx);
      if (row === 'missing') throw notFound('operation', operationId);
      if (row === 'not_parked') throw new Refusal('conflict', 'only an operation that is parked can be posted again');

      const { integrationId, integrationType: type, provider, generation } = row;
      if (row.state === 'superseded') {
        const { operation, owner, repository, prNumber, commitSha } = row;
        const data = { operationId, operation, owner, repository, prNumber, commitSha };
        const event = 'annotation_superseded';
        await this.outbox.append({ event, tenantId, integrationId, type, provider, generation, data }, tx);
      }
      const entry = { tenantId, actor, app: 'catalog-api', action: 'annotation.retried', integrationId };
      await this.audit.append({ ...entry, outcome: row.state, detail: { operationId } }, tx);
      return row;
    });
  }
}
