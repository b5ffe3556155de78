import type { OperationState, Page, ScmOperation } from '@integrations/contracts';
import { In, Not } from 'typeorm';
import { Batches } from '../batches';
import type { Database } from '../database';
import { LeaseLost } from '../errors';
import { newestFirst, type PageRequest } from '../page';
import { rows } from '../sql';
import type { Transaction } from '../transaction';
import type { Entry } from './entry';
import { HotPath } from './hot-path';
import { type LaneDemand, type LaneLease, longestWait, releaseLease, renewLease } from './lanes';
import type { Begun, Conclusion, Ending, Entered, OperationRow, Rescheduling } from './operation';
import { OperationEntity } from './operation.entity';
import { cancel, type NotCancelled } from './cancel';
import { beginEnding, noteHalfMade } from './half-made';
import { spellingsOf } from './owners';
import { requeue, type Requeued } from './requeue';
import { PARKED } from './states';

/** Two batches in flight are enough: while one commit waits for the disk, the next batch runs. */
const BATCHES = { maxSize: 64, maxInFlight: 2 };
/** An arbitrary advisory lock key, unique in this project. */
const REPLAY_LOCK = 7_302_022;

export interface OperationFilter {
  readonly state?: OperationState | undefined;
  readonly operation?: ScmOperation | undefined;
  readonly integrationId?: string | undefined;
  /** Case-insensitive, as at the vendors. */
  readonly owner?: string | undefined;
  readonly repository?: string | undefined;
  readonly prNumber?: number | undefined;
  readonly commitSha?: string | undefined;
  /** Accepted at this time or later. */
  readonly since?: Date | undefined;
  /** Accepted before this time. */
  readonly until?: Date | undefined;
}

export type ParkedFilter = Pick<OperationFilter, 'integrationId' | 'since' | 'until'>;

/** A page of parked operations, in order of acceptance. */
export interface ParkedRequest {
  readonly limit: number;
  /** The position of the last operation on the previous page. */
  readonly after: number;
}

/** The ledger of annotation operations, and the lanes in which they run. Lease times follow the database clock. */
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
   * Stores the operation with its events and makes its lane due. Begins the operation if the lane was idle, its credential
   * is not on hold and the entry asks for a lease. Enter operations of one lane one after the other. An operation without
   * an explicit upsertKey supersedes nothing.
   */
  enter(entry: Entry): Promise<Entered> {
    return this.#entries.add(entry);
  }

  /**
   * Ends a running operation and emits its event. Returns the lane's next operation, whose attempt has begun. Returns null
   * if the lease has ended: the lane is empty, its credential is on hold, or the caller did not want to go on. Throws
   * LeaseLost without writing anything.
   */
  async conclude(conclusion: Conclusion): Promise<Begun | null> {
    const concluded = await this.#conclusions.add(conclusion);
    if (concluded instanceof LeaseLost) throw concluded;
    if (concluded === 'not_running') throw notRunning(conclusion.operationId, conclusion.lease);
    return concluded;
  }

  /** Leases at most `limit` free lanes of all tenants, those due longest first, and begins the first operation of each. */
  claimAndBegin(demand: LaneDemand): Promise<{ lease: LaneLease; begun: Begun }[]> {
    return this.#path.claim(demand);
  }

  /**
   * How many seconds the next operation has been due without having begun; 0 if none is due. An operation is not due while
   * it is parked, waits for its next attempt or waits for a rate limit.
   */
  longestWait(): Promise<number> {
    return longestWait(this.database.ofAllTenants());
  }

  /** Queues a parked or failed operation again, or ends it as superseded: see the state of the returned row. */
  async requeue(tenantId: string, id: string, tx: Transaction): Promise<OperationRow | 'missing' | 'not_retriable'> {
    const options = { from: ['parked_offline', 'failed'], automatic: false } as const;
    const [requeued] = await requeue(this.database.ofTenant(tenantId, tx), tenantId, [id], options);
    const row = await this.find(tenantId, id, tx);
    if (!row) return 'missing';
    return requeued ? row : 'not_retriable';
  }

  /**
   * Queues parked operations again, the longest parked first. `last` is the position of the last one; null if none was
   * left. Replays of one tenant take turns. In parallel they would wait for each other's lanes, only to find everything
   * queued.
   */
  async replay(
    tenantId: string,
    filter: ParkedFilter,
    next: ParkedRequest,
    tx: Transaction,
  ): Promise<{ readonly requeued: readonly Requeued[]; readonly last: number | null }> {
    const manager = this.database.ofTenant(tenantId, tx);
    await rows(manager, 'SELECT pg_advisory_xact_lock($1, hashtext($2))', [REPLAY_LOCK, tenantId]);
    const page = await this.#parked(tenantId, filter, next, tx).select(['o.id', 'o.position']).getMany();
    const ids = page.map(({ id }) => id);
    const options = { from: ['parked_offline'], automatic: false } as const;
    const requeued = await requeue(manager, tenantId, ids, options);
    return { requeued, last: page.at(-1)?.position ?? null };
  }

  /**
   * Cancels an operation that waits or is parked. If it left a check run half made, a dispatcher ends it later: see `ending`
   * of the row. `now` is false if the operation was cancelled before.
   */
  cancel(
    tenantId: string,
    id: string,
    tx: Transaction,
  ): Promise<{ readonly row: OperationRow; readonly now: boolean } | NotCancelled> {
    return cancel(this.database.ofTenant(tenantId, tx), tenantId, id);
  }

  find(tenantId: string, id: string, tx?: Transaction): Promise<OperationRow | null> {
    return this.database.ofTenant(tenantId, tx).findOneBy(OperationEntity, { tenantId, id });
  }

  /** The operation for which the tenant first used the idempotency key. */
  findByKey(tenantId: string, idempotencyKey: string): Promise<OperationRow | null> {
    return this.database.ofTenant(tenantId).findOneBy(OperationEntity, { tenantId, idempotencyKey });
  }

  /** The operation that last succeeded in the lane under this upsertKey. */
  lastSucceeded(
    tenantId: string,
    of: Pick<OperationRow, 'lane' | 'operation'> & { readonly upsertKey: string },
  ): Promise<OperationRow | null> {
    const { lane, operation, upsertKey } = of;
    return this.database.ofTenant(tenantId).findOne(OperationEntity, {
      where: { tenantId, lane, operation, upsertKey, state: 'succeeded' },
      order: { finishedAt: 'DESC' },
    });
  }

  /** Newest first. Throws InvalidCursor. */
  async list(tenantId: string, filter: OperationFilter, page: PageRequest): Promise<Page<OperationRow>> {
    const manager = this.database.ofTenant(tenantId);
    const query = manager.createQueryBuilder(OperationEntity, 'o').where('o.tenantId = :tenantId', { tenantId });
    if (filter.state !== undefined) query.andWhere('o.state = :state', filter);
    if (filter.operation !== undefined) query.andWhere('o.operation = :operation', filter);
    if (filter.integrationId !== undefined) query.andWhere('o.integrationId = :integrationId', filter);
    if (filter.repository !== undefined) {
      query.andWhere('o.repository_key = lower(:repository)', filter);
      if (filter.owner !== undefined) query.andWhere('lower(o.owner) = lower(:owner)', filter);
    } else if (filter.owner !== undefined) {
      query.andWhere({ owner: In(await spellingsOf(manager, tenantId, filter.owner)) });
    }
    if (filter.prNumber !== undefined) query.andWhere('o.prNumber = :prNumber', filter);
    if (filter.commitSha !== undefined) query.andWhere('o.commitSha = :commitSha', filter);
    if (filter.since !== undefined) query.andWhere('o.acceptedAt >= :since', filter);
    if (filter.until !== undefined) query.andWhere('o.acceptedAt < :until', filter);
    return newestFirst(query, 'acceptedAt', page);
  }

  /** Parked operations that are still to be posted, with their requests, the longest parked first. */
  parked(tenantId: string, filter: ParkedFilter, next: ParkedRequest): Promise<OperationRow[]> {
    return this.#parked(tenantId, filter, next).andWhere('o.ending IS NULL').getMany();
  }

  /** The finished ones among these operations, for callers that wait for them. */
  outcomes(ids: readonly string[]): Promise<OperationRow[]> {
    const states: OperationState[] = ['queued', 'running'];
    return this.database.ofAllTenants().findBy(OperationEntity, { id: In([...ids]), state: Not(In(states)) });
  }

  /** False if the lease is lost. */
  renew(lease: LaneLease, leaseMs: number): Promise<boolean> {
    return renewLease(this.database.ofTenant(lease.tenantId), lease, leaseMs);
  }

  /** Releases the lease, which makes the lane due at once. Does nothing if the lease is lost. */
  release(lease: LaneLease): Promise<void> {
    return releaseLease(this.database.ofTenant(lease.tenantId), lease);
  }

  /**
   * Puts a running operation back at the head of its lane and releases the lease. Returns the time of the next attempt.
   * Throws LeaseLost without writing anything.
   */
  async reschedule(lease: LaneLease, operationId: string, next: Rescheduling): Promise<Date> {
    const nextAttemptAt = await this.#path.reschedule(lease, operationId, next);
    if (nextAttemptAt instanceof LeaseLost) throw nextAttemptAt;
    if (nextAttemptAt === 'not_running') throw notRunning(operationId, lease);
    return nextAttemptAt;
  }

  /** Records that a running operation is about to leave a check run half made. Throws LeaseLost if it no longer runs. */
  noteHalfMade(row: Pick<OperationRow, 'id' | 'tenantId' | 'lane'>): Promise<void> {
    return noteHalfMade(this.database.ofTenant(row.tenantId), row);
  }

  /**
   * Records that a running operation only has to conclude its half-made check run from now on, and begins the first attempt
   * at that under the same lease. Throws LeaseLost without writing anything.
   */
  async beginEnding(lease: LaneLease, row: Begun['row'], ending: Ending): Promise<Begun['row']> {
    const attempts = await beginEnding(this.database.ofTenant(lease.tenantId), lease, row.id, ending);
    return { ...row, attempts, ending, waitingSince: null };
  }

  #parked(tenantId: string, filter: ParkedFilter, { limit, after }: ParkedRequest, tx?: Transaction) {
    const query = this.database
      .ofTenant(tenantId, tx)
      .createQueryBuilder(OperationEntity, 'o')
      .where('o.tenantId = :tenantId AND o.position > :after', { tenantId, after });
    if (filter.integrationId === undefined) query.andWhere(`o.state = 'parked_offline'`);
    else query.andWhere(`${PARKED} AND o.integrationId = :integrationId`, filter);
    if (filter.since !== undefined) query.andWhere('o.acceptedAt >= :since', filter);
    if (filter.until !== undefined) query.andWhere('o.acceptedAt < :until', filter);
    return query.orderBy('o.position').limit(limit);
  }
}

function notRunning(operationId: string, lease: LaneLease): Error {
  return new Error(`operation ${operationId} is not running in lane ${lease.lane}`);
}
