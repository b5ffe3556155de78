import type {
  EventName,
  IntegrationType,
  OperationResult,
  OperationState,
  ScmOperation,
  ScmResponse,
} from '@integrations/contracts';
import type { LaneLease } from './lanes';

/** An operation as its caller submits it. */
export interface NewOperation {
  readonly id: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly integrationType: IntegrationType;
  readonly provider: string;
  /** The integration's generation when the operation was accepted. */
  readonly generation: number;
  readonly operation: ScmOperation;
  /**
   * Operations of one lane run one after the other, in order of acceptance. The name begins with the integration id, so a
   * lane belongs to one tenant.
   */
  readonly lane: string;
  readonly owner: string;
  readonly repository: string;
  readonly prNumber: number | null;
  readonly commitSha: string | null;
  /** Set only if the caller gave a key. A new operation supersedes waiting ones with the same key. */
  readonly upsertKey: string | null;
  readonly revision: number | null;
  readonly idempotencyKey: string | null;
  readonly request: object;
  readonly requestHash: string;
  readonly deadlineAt: Date | null;
  /** The W3C trace context of the request, if it had one. */
  readonly traceparent: string | null;
}

/** A row of the ledger. */
export interface OperationRow extends NewOperation {
  /** Grows in the order of acceptance within a lane. */
  readonly position: number;
  readonly state: OperationState;
  readonly attempts: number;
  /** Set while a failed attempt waits for the next. */
  readonly nextAttemptAt: Date | null;
  /** When a rate limit first postponed the operation; null if none has. */
  readonly waitingSince: Date | null;
  readonly acceptedAt: Date;
  /** When the first attempt began. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Outcome of the last attempt; final once the state is final. */
  readonly outcome: OperationResult<ScmResponse> | null;
  /** True if the operation may have left an unfinished check run at the vendor. */
  readonly halfMade: boolean;
  /** Set once nothing is to be posted any more. The operation ends this way when its half-made check run is concluded. */
  readonly ending: Ending | null;
}

/** The states that `conclude` may lead to. */
export type FinalState = Exclude<OperationState, 'queued' | 'running'>;

/** An operation whose attempt has begun, under the lane's lease. */
export interface Begun {
  readonly row: NewOperation & Pick<OperationRow, 'attempts' | 'waitingSince' | 'halfMade' | 'ending'>;
  /** The integration's generation at that moment; null if the integration was disabled or deleted. */
  readonly integrationGeneration: number | null;
}

export interface Settlement {
  readonly state: FinalState;
  readonly outcome: OperationResult<ScmResponse>;
}

/** How an operation with a half-made check run ends. */
export interface Ending extends Settlement {
  readonly state: 'superseded' | 'cancelled' | 'failed';
  /** The commit of the operation that superseded it, if known. */
  readonly newerCommit?: string | null;
}

/** The end of a running operation under a lease, with the event to emit. */
export interface Conclusion {
  readonly lease: LaneLease;
  readonly operationId: string;
  readonly settlement: Settlement;
  readonly event: { readonly name: EventName; readonly data: object };
  /** True to begin the lane's next operation under the same lease, false to release the lane. */
  readonly continueLane: boolean;
}

/** A later attempt. */
export interface Rescheduling {
  /** Whole milliseconds from now, by PostgreSQL's clock. */
  readonly waitMs: number;
  /** Outcome of the last attempt. */
  readonly outcome: OperationResult<ScmResponse>;
  /** False if a rate limit or an unavailable secret store postponed the operation. */
  readonly countsAsAttempt: boolean;
}

/** The result of an entry. `known`: its idempotency key was used before. `stale`: its check failed. */
export type Entered =
  | {
      readonly result: 'running';
      readonly supersededIds: readonly string[];
      readonly lease: LaneLease;
      readonly begun: Begun;
    }
  | { readonly result: 'queued' | 'superseded'; readonly supersededIds: readonly string[] }
  | { readonly result: 'known' | 'stale' };
