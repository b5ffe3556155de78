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

/** Who relies on an integration, as they say themselves. Each change leaves an audit entry. Methods throw a Refusal. */
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

  /** Harmless where it is so already. */
  async put(caller: Caller, id: string, consumer: string, note: string | null): Promise<DependentView> {
    return this.database.transaction(async (tx) => {
      const { tenantId } = caller;
      const done = await this.dependents.put(tenantId, id, { consumer, note }, tx);
      if (done === 'missing') throw notFound('integration', id);
      if (done !== 'unchanged') await this.audit.append(entryOf(caller, id, `dependent_${done}`, consumer), tx);
      const row = await this.dependents.find(tenantId, id, consumer, tx);
      if (!row) throw new Refusal('conflict', 'the dependent is being changed by others; try again');
      return toView(row);
    });
  }

  async remove(caller: Caller, id: string, consumer: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { tenantId } = caller;
      if (!(await this.integrations.find(tenantId, id, tx))) throw notFound('integration', id);
      if (!(await this.dependents.remove(tenantId, id, consumer, tx))) {
        throw new Refusal('not_found', `${consumer} is not known to rely on the integration`);
      }
      await this.audit.append(entryOf(caller, id, 'dependent_removed', consumer), tx);
    });
  }
}

/** Why an integration is not deleted: each consumer with its note. */
export function reliedOn(dependents: readonly DependentRow[]): Refusal {
  const details = dependents.map(({ consumer, note }) => ({
    field: `dependents.${consumer}`,
    message: note ?? 'relies on the integration',
  }));
  const message = 'others rely on the integration: have them let go of it, or delete it with ?force=true';
  return new Refusal('conflict', message, details);
}

function entryOf(caller: Caller, integrationId: string, action: string, consumer: string) {
  return auditEntry(caller, { action: `integration.${action}`, integrationId, detail: { consumer } });
}

function toView({ consumer, note, createdAt, updatedAt }: DependentRow): DependentView {
  return { consumer, note, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
