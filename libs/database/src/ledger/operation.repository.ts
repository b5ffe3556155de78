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
import { type LaneDemand, type LaneLease, giveBackLease, longestWait, renewLease } from './lanes';
import type { Begun, Conclusion, Ending, Entered, OperationRow, Rescheduling } from './operation';
import { OperationEntity } from './operation.entity';
import { cancel, type NotCancelled } from './cancel';
import { beginEnding, noteHalfMade } from './half-made';
import { spellingsOf } from './owners';
import { requeue, type Requeued } from './requeue';
import { PARKED } from './states';

/** Enough to hide a commit's wait for the disk behind the next batch. */
const BATCHES = { most: 64, atOnce: 2 };
/** Any number that nothing else of ours locks. */
const REPLAY_LOCK = 7_302_022;

export interface OperationFilter {
  readonly state?: OperationState | undefined;
  readonly operation?: ScmOperation | undefined;
  readonly integrationId?: string | undefined;
  /** In whatever case, as vendors take them. */
  readonly owner?: string | undefined;
  readonly repository?: string | undefined;
  readonly prNumber?: number | undefined;
  readonly commitSha?: string | undefined;
  /** Accepted then or later. */
  readonly since?: Date | undefined;
  /** Accepted before. */
  readonly until?: Date | undefined;
}

export type ParkedFilter = Pick<OperationFilter, 'integrationId' | 'since' | 'until'>;

/** Which parked operations, in the order of their acceptance. */
export interface ParkedRequest {
  readonly limit: number;
  /** The position of the last one before. */
  readonly after: number;
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
  claimAndBegin(demand: LaneDemand): Promise<{ lease: LaneLease; begun: Begun }[]> {
    return this.#path.claim(demand);
  }

  /**
   * For how many seconds the operation whose turn is next has been due and not begun; 0: none is. What is parked, waits for
   * its next attempt or for a rate limit is not due.
   */
  longestWait(): Promise<number> {
    return longestWait(this.database.ofAllTenants());
  }

  /** Queues an operation that is parked or has failed again, or ends it as superseded: see the state of the row. */
  async requeue(tenantId: string, id: string, tx: Transaction): Promise<OperationRow | 'missing' | 'not_retriable'> {
    const again = { from: ['parked_offline', 'failed'], byItself: false } as const;
    const [requeued] = await requeue(this.database.ofTenant(tenantId, tx), tenantId, [id], again);
    const row = await this.find(tenantId, id, tx);
    if (!row) return 'missing';
    return requeued ? row : 'not_retriable';
  }

  /**
   * Queues parked operations again, the longest parked first. Answers the position of the last one; null: none was left.
   * Replays of a tenant take turns: at once they would wait for each other's lanes, to find all of it queued.
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
    const again = { from: ['parked_offline'], byItself: false } as const;
    const requeued = await requeue(manager, tenantId, ids, again);
    return { requeued, last: page.at(-1)?.position ?? null };
  }

  /**
   * Ends an operation that waits or is parked, or has a dispatcher end it if it left something half made: see the ending of
   * the row. `now`: it was not cancelled before.
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

  /** What the tenant first used the idempotency key for. */
  findByKey(tenantId: string, idempotencyKey: string): Promise<OperationRow | null> {
    return this.database.ofTenant(tenantId).findOneBy(OperationEntity, { tenantId, idempotencyKey });
  }

  /** What last succeeded in the lane under that upsertKey. */
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

  /** The parked ones that are still to be posted with their requests, the longest parked first. */
  parked(tenantId: string, filter: ParkedFilter, next: ParkedRequest): Promise<OperationRow[]> {
    return this.#parked(tenantId, filter, next).andWhere('o.ending IS NULL').getMany();
  }

  /** Those of the operations that are finished, for whoever waits for them. */
  outcomes(ids: readonly string[]): Promise<OperationRow[]> {
    const states: OperationState[] = ['queued', 'running'];
    return this.database.ofAllTenants().findBy(OperationEntity, { id: In([...ids]), state: Not(In(states)) });
  }

  /** False: the lease is lost. */
  renew(lease: LaneLease, leaseMs: number): Promise<boolean> {
    return renewLease(this.database.ofTenant(lease.tenantId), lease, leaseMs);
  }

  /** Gives the lane back; it is due at once. Does nothing if the lease is lost. */
  release(lease: LaneLease): Promise<void> {
    return giveBackLease(this.database.ofTenant(lease.tenantId), lease);
  }

  /**
   * Puts a running operation back at the head of its lane, and gives up the lease. Answers with when it is tried next.
   * Throws LeaseLost, having written nothing.
   */
  async reschedule(lease: LaneLease, operationId: string, next: Rescheduling): Promise<Date> {
    const nextAttemptAt = await this.#path.reschedule(lease, operationId, next);
    if (nextAttemptAt instanceof LeaseLost) throw nextAttemptAt;
    if (nextAttemptAt === 'not_running') throw notRunning(operationId, lease);
    return nextAttemptAt;
  }

  /** A running operation is about to leave something half made. Throws LeaseLost if it is not running any more. */
  noteHalfMade(row: Pick<OperationRow, 'id' | 'tenantId' | 'lane'>): Promise<void> {
    return noteHalfMade(this.database.ofTenant(row.tenantId), row);
  }

  /**
   * From now on a running operation only has to conclude what it left half made: begins the first attempt at that, under
   * the same lease. Throws LeaseLost, having written nothing.
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
