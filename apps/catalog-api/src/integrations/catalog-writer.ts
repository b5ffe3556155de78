import type { EventData } from '@integrations/contracts';
import {
  AuditRepository,
  type Conflict,
  Database,
  DependentRepository,
  HealthHistory,
  type IntegrationChanges,
  IntegrationRepository,
  type IntegrationRow,
  Outbox,
  ProbeScheduleRepository,
  type Transaction,
} from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../access/caller';
import { auditEntry } from '../audit/audit-entry';
import { invalid, notFound, Refusal } from '../refusal';
import { readChanges } from './changes';
import { reliedOn } from './dependents';
import { hostOf } from './endpoint';
import { type ExpectedGeneration, preconditionFailed } from './etag';
import { NamedSockets } from './named-sockets';
import type { Registration } from './registration';

type CatalogEvent = 'registered' | 'updated' | 'enabled' | 'disabled' | 'deleted' | 'restored' | 'purged';

const MAX_TRIES = 5;
/** The result of a probe depends on these: after a change, the next probe is due at once. */
const PROBED = ['endpoint', 'authRef', 'config', 'intervalSeconds'] as const;

/**
 * Changes registrations. Each change is one transaction: the row, its probe schedule, the event and the audit entry.
 * Methods throw a Refusal, and NameTaken.
 */
@Injectable()
export class CatalogWriter {
  constructor(
    private readonly database: Database,
    private readonly integrations: IntegrationRepository,
    private readonly dependents: DependentRepository,
    private readonly history: HealthHistory,
    private readonly schedule: ProbeScheduleRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditRepository,
    private readonly registry: ProviderRegistry,
    private readonly sockets: NamedSockets,
  ) {}

  register(caller: Caller, registration: Registration): Promise<IntegrationRow> {
    return this.#inTransaction(async (tx) => {
      const row = await this.integrations.insert({ id: uuidv7(), tenantId: caller.tenantId, ...registration }, tx);
      if (row.enabled) await this.#probeNow(row, tx);
      await this.#record(caller, row, { event: 'registered', data: summaryOf(row) }, tx);
      return row;
    });
  }

  /** Applies a merge patch. A patch that changes nothing keeps the generation. */
  patch(caller: Caller, id: string, expected: ExpectedGeneration, patch: unknown): Promise<IntegrationRow> {
    return this.#inTransaction(async (tx) => {
      const row = await this.#expect(caller, id, expected, tx);
      const changes = readChanges(patch, row, this.registry, new Date());
      if (!changes.ok) throw invalid(changes.errors);
      const { values, fields } = changes.value;
      if (fields.length === 0) return row;
      if (values.endpoint !== undefined) this.sockets.requireNamed(values.endpoint);

      const changed = await this.#update(row, values, tx);
      if (values.maintenanceUntil !== undefined) {
        await this.history.setMaintenance(row.tenantId, id, values.maintenanceUntil, tx);
      }
      if (changed.enabled && PROBED.some((property) => property in values)) await this.#probeNow(changed, tx);
      await this.#record(caller, changed, { event: 'updated', data: { changedFields: fields } }, tx);
      return changed;
    });
  }

  /** Idempotent. */
  setEnabled(caller: Caller, id: string, expected: ExpectedGeneration, enabled: boolean): Promise<IntegrationRow> {
    return this.#inTransaction(async (tx) => {
      const row = await this.#expect(caller, id, expected, tx);
      if (row.enabled === enabled) return row;
      const changed = await this.#update(row, { enabled }, tx);
      if (enabled) await this.#probeNow(changed, tx);
      else await this.schedule.remove(row.tenantId, id, tx);
      await this.#record(caller, changed, { event: enabled ? 'enabled' : 'disabled', data: { reason: 'manual' } }, tx);
      return changed;
    });
  }

  /**
   * Refused with the list of dependents, if there are any and `force` is false. A restore brings the dependents back
   * too.
   */
  async delete(caller: Caller, id: string, expected: ExpectedGeneration, force: boolean): Promise<void> {
    await this.#inTransaction(async (tx) => {
      const { tenantId, generation } = await this.#expect(caller, id, expected, tx);
      const deleted = orThrow(id, await this.integrations.softDelete(tenantId, id, generation, tx));
      // Listed only after the row is locked by the deletion: adding a dependent locks the row too.
      const dependents = await this.dependents.list(tenantId, id, tx);
      if (dependents.length > 0 && !force) throw reliedOn(dependents);
      await this.schedule.remove(tenantId, id, tx);
      const forced = dependents.map(({ consumer }) => consumer);
      const audited = forced.length > 0 ? { forced } : {};
      await this.#record(caller, deleted, { event: 'deleted', data: {}, audited }, tx);
    });
  }

  /** Brings a deleted integration back as it was. Does nothing if the integration is live. */
  restore(caller: Caller, id: string, expected: ExpectedGeneration): Promise<IntegrationRow> {
    return this.#inTransaction(async (tx) => {
      const deleted = await this.integrations.findDeleted(caller.tenantId, id, tx);
      if (!deleted) return this.#expectLive(caller, id, expected, tx);
      if (!expected(deleted.generation)) throw preconditionFailed(deleted.generation);
      const row = await this.integrations.restore(deleted, tx);
      if (row === 'missing' || row === 'changed') throw new LostRace();
      if (row.enabled) await this.#probeNow(row, tx);
      await this.#record(caller, row, { event: 'restored', data: summaryOf(row) }, tx);
      return row;
    });
  }

  /** Removes a deleted integration for good. Its events stay in the outbox, and its entries in the audit trail. */
  async purge(caller: Caller, id: string, expected: ExpectedGeneration): Promise<void> {
    await this.#inTransaction(async (tx) => {
      const deleted = await this.integrations.findDeleted(caller.tenantId, id, tx);
      if (!deleted) {
        await this.#expectLive(caller, id, expected, tx);
        throw new Refusal('conflict', 'the integration is not deleted: delete it first');
      }
      if (!expected(deleted.generation)) throw preconditionFailed(deleted.generation);
      if (!(await this.integrations.purge(deleted, tx))) throw new LostRace();
      await this.#record(caller, deleted, { event: 'purged', data: {} }, tx);
    });
  }

  /**
   * The live integration, after no deleted one was found. If it was deleted between the two queries, neither finds it.
   */
  async #expectLive(
    { tenantId }: Caller,
    id: string,
    expected: ExpectedGeneration,
    tx: Transaction,
  ): Promise<IntegrationRow> {
    const live = await this.integrations.find(tenantId, id, tx);
    if (live && expected(live.generation)) return live;
    if (live) throw preconditionFailed(live.generation);
    throw (await this.integrations.findDeleted(tenantId, id, tx)) ? new LostRace() : notFound('integration', id);
  }

  /** Runs `work` again after a lost race. With the new state, If-Match may fail, or there may be nothing left to do. */
  async #inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      try {
        return await this.database.transaction(work);
      } catch (error) {
        if (!(error instanceof LostRace)) throw error;
      }
    }
    throw new Refusal('conflict', 'the integration was changed concurrently; try again');
  }

  async #expect(
    { tenantId }: Caller,
    id: string,
    expected: ExpectedGeneration,
    tx: Transaction,
  ): Promise<IntegrationRow> {
    const row = await this.integrations.find(tenantId, id, tx);
    if (!row) throw notFound('integration', id);
    if (!expected(row.generation)) throw preconditionFailed(row.generation);
    return row;
  }

  async #update(row: IntegrationRow, changes: IntegrationChanges, tx: Transaction): Promise<IntegrationRow> {
    const { tenantId, id, generation } = row;
    return orThrow(id, await this.integrations.update(tenantId, id, generation, changes, tx));
  }

  #probeNow({ id, tenantId, intervalSeconds }: IntegrationRow, tx: Transaction): Promise<void> {
    return this.schedule.put(id, tenantId, intervalSeconds, 'now', tx);
  }

  /** Appends the event, and the audit entry with the same data. */
  async #record<N extends CatalogEvent>(
    caller: Caller,
    { id: integrationId, tenantId, type, provider, generation }: IntegrationRow,
    { event, data, audited }: Change<N>,
    tx: Transaction,
  ): Promise<void> {
    const { traceparent } = caller;
    await this.outbox.append({ event, tenantId, integrationId, type, provider, generation, data, traceparent }, tx);
    const detail = { generation, ...data, ...audited };
    await this.audit.append(auditEntry(caller, { action: `integration.${event}`, integrationId, detail }), tx);
  }
}

interface Change<N extends CatalogEvent> {
  readonly event: N;
  readonly data: EventData[N];
  /** What only the audit entry says. */
  readonly audited?: object;
}

/** The event data of an integration that was registered or restored. */
function summaryOf({ name, endpoint, enabled }: IntegrationRow): EventData['registered'] {
  return { name, endpointHost: hostOf(endpoint), enabled };
}

/** Another transaction changed the row after we read it and before we changed it. */
class LostRace extends Error {}

function orThrow(id: string, result: IntegrationRow | Conflict): IntegrationRow {
  if (result === 'missing') throw notFound('integration', id);
  if (result === 'changed') throw new LostRace();
  return result;
}
