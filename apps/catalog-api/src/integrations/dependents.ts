import type { DependentView } from '@integrations/contracts';
import {
  AuditRepository,
  Database,
  DependentRepository,
  type DependentRow,
  IntegrationRepository,
} from '@integrations/database';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller';
import { auditEntry } from '../audit/audit-entry';
import { notFound, Refusal } from '../refusal';

/** The consumers that declare to depend on an integration. Each change is audited. Methods throw a Refusal. */
@Injectable()
export class Dependents {
  constructor(
    private readonly database: Database,
    private readonly integrations: IntegrationRepository,
    private readonly dependents: DependentRepository,
    private readonly audit: AuditRepository,
  ) {}

  async list({ tenantId }: Caller, id: string): Promise<DependentView[]> {
    if (!(await this.integrations.find(tenantId, id))) throw notFound('integration', id);
    return (await this.dependents.list(tenantId, id)).map(toView);
  }

  /** Idempotent. */
  async put(caller: Caller, id: string, consumer: string, note: string | null): Promise<DependentView> {
    return this.database.transaction(async (tx) => {
      const { tenantId } = caller;
      const done = await this.dependents.put(tenantId, id, { consumer, note }, tx);
      if (done === 'missing') throw notFound('integration', id);
      if (done !== 'unchanged') await this.audit.append(entryOf(caller, id, `dependent_${done}`, consumer), tx);
      const row = await this.dependents.find(tenantId, id, consumer, tx);
      if (!row) throw new Refusal('conflict', 'the dependent was changed concurrently; try again');
      return toView(row);
    });
  }

  async remove(caller: Caller, id: string, consumer: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { tenantId } = caller;
      if (!(await this.integrations.find(tenantId, id, tx))) throw notFound('integration', id);
      if (!(await this.dependents.remove(tenantId, id, consumer, tx))) {
        throw new Refusal('not_found', `${consumer} is not a dependent of the integration`);
      }
      await this.audit.append(entryOf(caller, id, 'dependent_removed', consumer), tx);
    });
  }
}

/** The refusal to delete an integration, with each consumer and its note. */
export function reliedOn(dependents: readonly DependentRow[]): Refusal {
  const details = dependents.map(({ consumer, note }) => ({
    field: `dependents.${consumer}`,
    message: note ?? 'depends on the integration',
  }));
  const message = 'consumers depend on the integration: remove these dependents, or delete with ?force=true';
  return new Refusal('conflict', message, details);
}

function entryOf(caller: Caller, integrationId: string, action: string, consumer: string) {
  return auditEntry(caller, { action: `integration.${action}`, integrationId, detail: { consumer } });
}

function toView({ consumer, note, createdAt, updatedAt }: DependentRow): DependentView {
  return { consumer, note, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
