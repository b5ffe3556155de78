import type { OperationResult, OperationState, Page, ScmOperation, ScmResponse } from '@integrations/contracts';
import { In, Not } from 'typeorm';
import { Batches } from '../batches';
import type { Database } from '../database';
import { LeaseLost } from '../errors';
import { newestFirst, type PageRequest } from '../page';
import { rows } from '../sql';
import type { Transaction } from '../transaction';
import type { Entry } from './entry';
import { HotPath } from './hot-path';
import { giveBackLease, type LaneLease, lockLease, renewLease } from './lanes';
import type { Begun, Conclusion, Entered, OperationRow } from './operation';
import { OperationEntity } from './operation.entity';
import { requeueParked } from './requeue';

/** Enough to hide a commit's wait for the disk behind the next batch. */
const BATCHES = { most: 64, atOnce: 2 };

export interface OperationFilter {
  readonly state?: OperationState | undefined;
  readonly operation?: ScmOperation | undefined;
  readonly integrationId?: string | undefined;
}

export interface Rescheduling {
  readonly nextAttemptAt: Date;
  /** What the attempt came to, if anything was attempted. */
  readonly outcome: OperationResult<ScmResponse> | null;
  /** False when the attempt was only put off, by a rate budget for example. */
  readonly countsAsAttempt: boolean;
}

/** The ledger of annotation operations, and the lanes in which they run. Times of leases are the database's. */
export class OperationRepository {
  readonly #path: HotPath;
  readonly #entries: Batches<Entry, Entered>;
  readonly #conclusions: Batches<Conclusion, Begun | null | LeaseLost | 'not_running'>;

  constructor(private readonly database: Database) {
    const path = new HotPath(database);
    this.#path = path;
    this.#entries = new Batches((entries) => path.enter(entries), BATCHES);
    this.#conclusions = new Batches((conclusions) => path.settle(conclusions), BATCHES);
  }

  /**
   * Makes the operation durable with its events and its lane due, and begins it if the lane was idle. For operations of
   * one lane, one after the other. An operation without an explicit upsertKey supersedes nothing.
   */
  enter(entry: Entry): Promise<Entered> {
    return this.#entries.add(entry);
  }

  /**
   * Ends a running operation, with its event. Answers with the lane's next operation, whose attempt has begun; null: the
   * lease is over, because nothing is left or none was to be begun. Throws LeaseLost, having written nothing.
   */
  async conclude(conclusion: Conclusion): Promise<Begun | null> {
    const concluded = await this.#conclusions.add(conclusion);
    if (concluded instanceof LeaseLost) throw concluded;
    if (concluded === 'not_running') throw notRunning(conclusion.operationId, conclusion.lease);
    return concluded;
  }

  /** Leases the longest due lanes of all tenants, at most `limit`, that nobody holds; begins the first operation of each. */
  claimAndBegin({ limit, leaseMs }: { limit: number; leaseMs: number }): Promise<{ lease: LaneLease; begun: Begun }[]> {
    return this.#path.claim(limit, leaseMs);
  }

  /** Queues an operation parked offline again, or ends it as superseded: see the state of the row. */
  requeue(tenantId: string, id: string, tx: Transaction): Promise<OperationRow | 'missing' | 'not_parked'> {
    return requeueParked(this.database.manager(tx), tenantId, id);
  }

  find(tenantId: string, id: string, tx?: Transaction): Promise<OperationRow | null> {
    return this.database.manager(tx).findOneBy(OperationEntity, { tenantId, id });
  }

  /** What the tenant first used the idempotency key for. */
  findByKey(tenantId: string, idempotencyKey: string): Promise<OperationRow | null> {
    return this.database.manager().findOneBy(OperationEntity, { tenantId, idempotencyKey });
  }

  /** Newest first. Throws InvalidCursor. */
  list(tenantId: string, filter: OperationFilter, page: PageRequest): Promise<Page<OperationRow>> {
    const query = this.database
      .manager()
      .createQueryBuilder(OperationEntity, 'o')
      .where('o.tenantId = :tenantId', { tenantId });
    if (filter.state !== undefined) query.andWhere('o.state = :state', filter);
    if (filter.operation !== undefined) query.andWhere('o.operation = :operation', filter);
    if (filter.integrationId !== undefined) query.andWhere('o.integrationId = :integrationId', filter);
    return newestFirst(query, 'acceptedAt', page);
  }

  /** Those of the operations that are finished, for whoever waits for them. */
  outcomes(ids: readonly string[]): Promise<OperationRow[]> {
    const states: OperationState[] = ['queued', 'running'];
    return this.database.manager().findBy(OperationEntity, { id: In([...ids]), state: Not(In(states)) });
  }

  /** False: the lease is lost. */
  renew(lease: LaneLease, leaseMs: number): Promise<boolean> {
    return renewLease(this.database.manager(), lease, leaseMs);
  }

  /** Gives the lane back; it is due at once. Does nothing if the lease is lost. */
  release(lease: LaneLease): Promise<void> {
    return giveBackLease(this.database.manager(), lease, null);
  }

  /** Puts a running operation back at the head of its lane until then, and gives up the lease. Throws LeaseLost. */
  async reschedule(lease: LaneLease, operationId: string, next: Rescheduling, tx: Transaction): Promise<void> {
    const manager = this.database.manager(tx);
    await lockLease(manager, lease);
    const waiting = await rows(
      manager,
      `UPDATE annotation_operation
       SET state = 'queued', attempts = attempts - $3, next_attempt_at = $4, outcome = $5
       WHERE id = $1 AND lane = $2 AND state = 'running' RETURNING id`,
      [
        operationId,
        lease.lane,
        next.countsAsAttempt ? 0 : 1,
        next.nextAttemptAt,
        next.outcome && JSON.stringify(next.outcome),
      ],
    );
    if (waiting.length === 0) throw notRunning(operationId, lease);
    await giveBackLease(manager, lease, next.nextAttemptAt);
  }
}

function notRunning(operationId: string, lease: LaneLease): Error {
  return new Error(`operation ${operationId} is not running in lane ${lease.lane}`);
}
