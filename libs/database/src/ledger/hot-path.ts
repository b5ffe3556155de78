import { randomUUID } from 'node:crypto';
import type { Database, PreparedStatement } from '../database';
import { LeaseLost } from '../errors';
import { columnsOf } from '../sql';
import { type Entry, SUPERSEDED, toItem } from './entry';
import type { LaneDemand, LaneLease } from './lanes';
import { LookBack } from './look-back';
import type { Begun, Conclusion, Entered, OperationRow, Rescheduling } from './operation';
import { OperationEntity } from './operation.entity';

interface AcceptedRow {
  readonly id: string;
  readonly result: 'queued' | 'running' | 'superseded' | 'known' | 'stale';
  readonly supersededIds: readonly string[];
}

/** A claim returns at least one row; its lane is null if no lane was claimed. */
interface ClaimedRow extends BegunRow {
  readonly now: Date;
  readonly served: boolean;
  readonly readyAt: Date;
  readonly leasedLane: string | null;
  readonly leasedTenant: string;
  readonly leaseToken: string;
}

/** `id` is null if there was no operation to begin. */
type BegunRow = { readonly [K in keyof OperationRow]: OperationRow[K] | null } & {
  readonly integrationGeneration: number | null;
};

/** The statements that every operation passes through. Each handles many operations in one round trip. */
export class HotPath {
  readonly #accept: PreparedStatement;
  readonly #claim: PreparedStatement;
  readonly #settle: PreparedStatement;
  readonly #reschedule: PreparedStatement;

  constructor(private readonly database: Database) {
    const begun = `${columnsOf(database.ofAllTenants(), OperationEntity, '(r.begun)')},
      r.integration_generation AS "integrationGeneration"`;
    const accepted = 'r.id, r.result, r.superseded_ids AS "supersededIds"';
    this.#accept = {
      name: 'annotation_accept',
      text: `SELECT ${accepted} FROM annotation_accept($1::jsonb, $2::jsonb) r`,
    };
    this.#claim = {
      name: 'annotation_claim',
      text: `SELECT now() AS now, r.served, r.ready_at AS "readyAt",
                    r.lane AS "leasedLane", r.tenant_id AS "leasedTenant", r.lease_token AS "leaseToken", ${begun}
             FROM (SELECT) AS look LEFT JOIN annotation_claim($1, $2, $3, $4, $5) r ON true`,
    };
    this.#settle = {
      name: 'annotation_settle',
      text: `SELECT r.item, r.result, ${begun} FROM annotation_settle($1::jsonb) r`,
    };
    this.#reschedule = {
      name: 'annotation_reschedule',
      text: `SELECT result, next_attempt_at AS "nextAttemptAt" FROM annotation_reschedule($1, $2, $3, $4, $5, $6)`,
    };
  }

  /** At most one entry per lane. */
  async enter(entries: readonly Entry[]): Promise<Entered[]> {
    const tokens = entries.map(({ leaseMs }) => (leaseMs === null ? undefined : randomUUID()));
    const items = entries.map((entry, index) => toItem(entry, tokens[index]));
    const rows = await this.database.prepared<AcceptedRow>(
      this.#accept,
      [JSON.stringify(items), SUPERSEDED],
      'all_tenants',
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return entries.map(({ operation }, index) => toEntered(operation, byId.get(operation.id), tokens[index]));
  }

  async claim(demand: LaneDemand): Promise<{ lease: LaneLease; begun: Begun }[]> {
    const { limit, leaseMs, providers = null, lookBack = new LookBack() } = demand;
    const { fresh, served } = lookBack.since();
    const values = [limit, leaseMs, providers, fresh, served];
    const rows = await this.database.prepared<ClaimedRow>(this.#claim, values, 'all_tenants');
    const taken = rows.filter(({ leasedLane }) => leasedLane !== null);
    if (rows[0]) lookBack.scanned(rows[0].now, taken, limit);
    return taken.flatMap(toClaimed);
  }

  /** Returns a result per conclusion, because some may have lost their lease and others not. */
  async settle(conclusions: readonly Conclusion[]): Promise<(Begun | null | LeaseLost | 'not_running')[]> {
    type Row = BegunRow & { item: number; result: string };
    const items = conclusions.map(({ lease, operationId, settlement, event, continueLane }, item) => ({
      item,
      id: operationId,
      lane: lease.lane,
      lease_token: lease.leaseToken,
      state: settlement.state,
      outcome: settlement.outcome,
      event: event.name,
      event_data: event.data,
      go_on: continueLane,
    }));
    const rows = await this.database.prepared<Row>(this.#settle, [JSON.stringify(items)], 'all_tenants');
    // Keyed by item, not by operation: the former and the current lease holder may conclude an operation in one batch.
    const byItem = new Map(rows.map(({ item, ...row }) => [item, row]));
    return conclusions.map(({ lease }, item) => {
      const row = byItem.get(item);
      if (!row || row.result === 'lost') return new LeaseLost(lease.lane);
      return row.result === 'not_running' ? 'not_running' : toBegun(row);
    });
  }

  /** Returns the time of the next attempt. */
  async reschedule(lease: LaneLease, id: string, next: Rescheduling): Promise<Date | LeaseLost | 'not_running'> {
    const { waitMs, outcome, countsAsAttempt } = next;
    const values = [id, lease.lane, lease.leaseToken, waitMs, JSON.stringify(outcome), countsAsAttempt];
    const [row] = await this.database.prepared<{ result: string; nextAttemptAt: Date }>(
      this.#reschedule,
      values,
      lease,
    );
    if (!row || row.result === 'lost') return new LeaseLost(lease.lane);
    return row.result === 'not_running' ? 'not_running' : row.nextAttemptAt;
  }
}

function toEntered(operation: Entry['operation'], row: AcceptedRow | undefined, leaseToken?: string): Entered {
  if (!row) throw new Error(`operation ${operation.id} was neither accepted nor refused`);
  const { result, supersededIds } = row;
  if (result !== 'running' || leaseToken === undefined) return { result, supersededIds } as Entered;
  const { lane, tenantId, generation } = operation;
  return {
    result,
    supersededIds,
    lease: { lane, tenantId, leaseToken },
    begun: {
      row: { ...operation, attempts: 1, waitingSince: null, halfMade: false, ending: null },
      integrationGeneration: generation,
    },
  };
}

/** Empty for a lane that had no operations left: the claim began nothing there. */
function toClaimed({
  leasedLane,
  leasedTenant,
  leaseToken,
  now: _now,
  served: _served,
  readyAt: _ready,
  ...row
}: ClaimedRow) {
  const begun = toBegun(row);
  if (leasedLane === null || !begun) return [];
  return [{ lease: { lane: leasedLane, tenantId: leasedTenant, leaseToken }, begun }];
}

function toBegun({ integrationGeneration, ...row }: BegunRow): Begun | null {
  return row.id === null ? null : { row: row as OperationRow, integrationGeneration };
}
