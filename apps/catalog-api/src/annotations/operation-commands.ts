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
  /** False if time ran out before everything was queued. */
  readonly complete: boolean;
}

/** Kept small: while a batch is queued, posting waits for the batch's lanes. */
const BATCH = 100;
/** Callers and proxies do not wait much longer for a response. */
const REPLAY_WITHIN_MS = 20_000;

/** What people do with operations of the ledger. Each change, its events and its audit entry are one transaction. */
@Injectable()
export class OperationCommands {
  /** One batch per tenant at a time. Concurrent replays would each hold a database connection while they wait. */
  readonly #replays = new InOrder();

  constructor(
    private readonly database: Database,
    private readonly operations: OperationRepository,
    private readonly audit: AuditRepository,
    private readonly metrics: OperationMetrics,
    @InjectPinoLogger(OperationCommands.name) private readonly log: PinoLogger,
  ) {}

  /**
   * Queues a parked or failed operation again; a dispatcher posts it as if it were a new request. Ends the operation as
   * superseded if a newer one has replaced it. Throws a Refusal if there is none, or if it is neither parked nor
   * failed.
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
    if (row.state === 'superseded') this.#ended(caller, row, 'superseded');
    return row;
  }

  /**
   * Cancels a queued or parked operation. If it left a check run unfinished, that is concluded before the operation
   * ends. Throws a Refusal if there is none, it has ended, or it is being posted: then the vendor may or may not have
   * it.
   */
  async cancel(caller: Caller, operationId: string): Promise<OperationRow> {
    const { row, now } = await this.database.transaction(async (tx) => {
      const cancelled = await this.operations.cancel(caller.tenantId, operationId, tx);
      if (cancelled === 'missing') throw notFound('operation', operationId);
      if (cancelled === 'running')
        throw new Refusal('conflict', 'the operation is being posted now: wait for its outcome');
      if (cancelled === 'ended') throw new Refusal('conflict', 'the operation has already ended');
      if (cancelled.now) await this.#audit(caller, 'annotation.cancelled', cancelled.row, tx);
      return cancelled;
    });
    // An operation that still has a check run to conclude is logged and counted by the dispatcher that does so.
    if (now && row.state === 'cancelled') this.#ended(caller, row, 'cancelled');
    return row;
  }

  /**
   * Queues everything that is parked now, longest parked first. Each batch is committed on its own, so a caller who
   * repeats an interrupted or incomplete replay continues where it stopped.
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
      for (const row of batch.requeued) if (row.state === 'superseded') this.#ended(caller, row, 'superseded');
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
    const entry = { action: 'annotation.replayed', integrationId, outcome: 'queued', detail };
    await this.audit.append(auditEntry(caller, entry), tx);
  }

  /**
   * Counts and logs the end of an operation, as the dispatcher does for those that it ends itself. All lines of a request
   * that has a trace name that trace: with the operation's own as well, the line would have the field `traceId` twice.
   */
  #ended({ traceparent }: Caller, row: LoggedOperation, state: 'superseded' | 'cancelled'): void {
    this.metrics.annotated(row.provider, row.operation, state, null);
    const fields = annotationFields(traceparent ? { ...row, traceparent: null } : row, state);
    if (state === 'superseded') this.log.info(fields, 'annotation superseded');
    else this.log.info(fields, 'annotation cancelled');
  }
}

function count(requeued: readonly Requeued[]): Counts {
  const queued = requeued.filter(({ state }) => state === 'queued').length;
  return { queued, superseded: requeued.length - queued };
}
