import { InOrder } from '@integrations/bootstrap';
import {
  AuditRepository,
  Database,
  OperationRepository,
  type OperationRow,
  type ParkedFilter,
  type Requeued,
  type Transaction,
} from '@integrations/database';
import { annotationFields, type LoggedOperation, OperationMetrics } from '@integrations/telemetry';
import { Injectable } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import type { Caller } from '../access/caller';
import { auditEntry } from '../audit/audit-entry';
import { notFound, Refusal } from '../refusal';

interface Counts {
  readonly queued: number;
  readonly superseded: number;
}

export interface Replayed extends Counts {
  /** False: the time was up before everything was queued. */
  readonly complete: boolean;
}

/** Small, for what is posted meanwhile waits for the lanes of a batch. */
const BATCH = 100;
/** Callers and proxies do not wait much longer for an answer. */
const REPLAY_WITHIN_MS = 20_000;

/** What people do with operations of the ledger. Each change is one transaction with its events and its audit entry. */
@Injectable()
export class OperationCommands {
  /** Of a tenant's replays one is at its batch: the others would wait with a connection each, and all else for these. */
  readonly #replays = new InOrder();

  constructor(
    private readonly database: Database,
    private readonly operations: OperationRepository,
    private readonly audit: AuditRepository,
    private readonly metrics: OperationMetrics,
    @InjectPinoLogger(OperationCommands.name) private readonly log: PinoLogger,
  ) {}

  /**
   * Queues a parked or failed operation again; a dispatcher posts it as if it had just been asked for. Ends it as
   * superseded if something newer took its place since. Throws a Refusal: not found, or in no such state.
   */
  async retry(caller: Caller, operationId: string): Promise<OperationRow> {
    const row = await this.database.transaction(async (tx) => {
      const requeued = await this.operations.requeue(caller.tenantId, operationId, tx);
      if (requeued === 'missing') throw notFound('operation', operationId);
      if (requeued === 'not_retriable') {
        throw new Refusal('conflict', 'only an operation that is parked or has failed can be posted again');
      }
      await this.#audit(caller, 'annotation.retried', requeued, tx);
      return requeued;
    });
    if (row.state === 'superseded') this.#ended(row, 'superseded');
    return row;
  }

  /**
   * Takes back an operation that waits or is parked; what it left half made is concluded before it ends. Throws a Refusal:
   * not found, ended already, or just being posted: nobody could say whether the vendor has it.
   */
  async cancel(caller: Caller, operationId: string): Promise<OperationRow> {
    const { row, now } = await this.database.transaction(async (tx) => {
      const cancelled = await this.operations.cancel(caller.tenantId, operationId, tx);
      if (cancelled === 'missing') throw notFound('operation', operationId);
      if (cancelled === 'running') throw new Refusal('conflict', 'it is just being posted: see what becomes of it');
      if (cancelled === 'ended') throw new Refusal('conflict', 'it has ended already');
      if (cancelled.now) await this.#audit(caller, 'annotation.cancelled', cancelled.row, tx);
      return cancelled;
    });
    // What has to conclude something first is told of by the dispatcher that does.
    if (now && row.state === 'cancelled') this.#ended(row, 'cancelled');
    return row;
  }

  /**
   * Queues what is parked now, the longest parked first, in batches that each are there to stay: whoever asks again,
   * after an interruption or because it is not complete, goes on where it ended.
   */
  async replay(caller: Caller, filter: ParkedFilter): Promise<Replayed> {
    const total = { queued: 0, superseded: 0 };
    const now = new Date();
    const end = performance.now() + REPLAY_WITHIN_MS;
    const parkedNow = { ...filter, until: filter.until && filter.until < now ? filter.until : now };
    let after: number | null = 0;
    while (after !== null && performance.now() < end) {
      const from: number = after;
      const batch = await this.#replays.run(caller.tenantId, () => this.#replayNext(caller, filter, parkedNow, from));
      after = batch.last;
      const { queued, superseded } = count(batch.requeued);
      total.queued += queued;
      total.superseded += superseded;
      for (const row of batch.requeued) if (row.state === 'superseded') this.#ended(row, 'superseded');
    }
    return { ...total, complete: after === null };
  }

  #replayNext(caller: Caller, filter: ParkedFilter, parkedNow: ParkedFilter, after: number) {
    return this.database.transaction(async (tx) => {
      const next = { after, limit: BATCH };
      const { requeued, last } = await this.operations.replay(caller.tenantId, parkedNow, next, tx);
      if (requeued.length > 0) await this.#auditReplay(caller, filter, count(requeued), tx);
      return { requeued, last };
    });
  }

  async #audit(caller: Caller, action: string, row: OperationRow, tx: Transaction): Promise<void> {
    const { id: operationId, integrationId, state: outcome } = row;
    await this.audit.append(auditEntry(caller, { action, integrationId, outcome, detail: { operationId } }), tx);
  }

  async #auditReplay(caller: Caller, filter: ParkedFilter, replayed: Counts, tx: Transaction): Promise<void> {
    const { integrationId = null, since, until } = filter;
    const detail = { ...replayed, ...(since ? { since } : {}), ...(until ? { until } : {}) };
    const told = { action: 'annotation.replayed', integrationId, outcome: 'queued', detail };
    await this.audit.append(auditEntry(caller, told), tx);
  }

  /** As the dispatcher tells of the operations that it ends itself. */
  #ended(row: LoggedOperation, state: 'superseded' | 'cancelled'): void {
    this.metrics.annotated(row.provider, row.operation, state, null);
    this.log.info(annotationFields(row, state), `annotation ${state}`);
  }
}

function count(requeued: readonly Requeued[]): Counts {
  const queued = requeued.filter(({ state }) => state === 'queued').length;
  return { queued, superseded: requeued.length - queued };
}
