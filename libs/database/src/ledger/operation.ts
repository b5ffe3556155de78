import type {
  EventName,
  IntegrationType,
  OperationResult,
  OperationState,
  ScmOperation,
  ScmResponse,
} from '@integrations/contracts';
import type { LaneLease } from './lanes';

/** An operation as its caller hands it in. */
export interface NewOperation {
  readonly id: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly integrationType: IntegrationType;
  readonly provider: string;
  /** Of the integration, when the operation was accepted. */
  readonly generation: number;
  readonly operation: ScmOperation;
  /** Operations of one lane run one after the other, as accepted. Begins with the integration id, so has one tenant. */
  readonly lane: string;
  readonly owner: string;
  readonly repository: string;
  readonly prNumber: number | null;
  readonly commitSha: string | null;
  /** Only a key that the caller gave: by it, waiting operations supersede each other. */
  readonly upsertKey: string | null;
  readonly revision: number | null;
  readonly idempotencyKey: string | null;
  readonly request: object;
  readonly requestHash: string;
  readonly deadlineAt: Date | null;
}

/** A row of the ledger. */
export interface OperationRow extends NewOperation {
  /** Grows in the order of acceptance within a lane. */
  readonly position: number;
  readonly state: OperationState;
  readonly attempts: number;
  /** Set while a failed attempt waits for the next. */
  readonly nextAttemptAt: Date | null;
  /** When a rate limit first put the operation off; null if none has. */
  readonly waitingSince: Date | null;
  readonly acceptedAt: Date;
  /** When the first attempt began. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Of the last attempt; final once the state is. */
  readonly outcome: OperationResult<ScmResponse> | null;
  /** Whether it may have left a check run at the vendor that is under way still. */
  readonly halfMade: boolean;
  /** Set once nothing is to be posted any more: it ends so as soon as what is half made is concluded. */
  readonly ending: Ending | null;
}

/** The states that `conclude` may lead to. */
export type FinalState = Exclude<OperationState, 'queued' | 'running'>;

/** An operation whose attempt has begun, with the lane's holder. */
export interface Begun {
  readonly row: NewOperation & Pick<OperationRow, 'attempts' | 'waitingSince' | 'halfMade' | 'ending'>;
  /** Of its integration at that moment; null if that was disabled or gone. */
  readonly integrationGeneration: number | null;
}

export interface Settlement {
  readonly state: FinalState;
  readonly outcome: OperationResult<ScmResponse>;
}

/** How an operation ends that left something half made. */
export interface Ending extends Settlement {
  readonly state: 'superseded' | 'cancelled' | 'failed';
  /** The commit of what took its place, where that is known. */
  readonly newerCommit?: string | null;
}

/** The end of a running operation under a lease, with what is to be told and what comes next. */
export interface Conclusion {
  readonly lease: LaneLease;
  readonly operationId: string;
  readonly settlement: Settlement;
  readonly event: { readonly name: EventName; readonly data: object };
  /** Whether to begin the lane's next operation under the same lease, or to leave it to others. */
  readonly goOn: boolean;
}

/** Another attempt later. */
export interface Rescheduling {
  /** Whole milliseconds from now on, by PostgreSQL's clock. */
  readonly waitMs: number;
  /** What the last attempt came to. */
  readonly outcome: OperationResult<ScmResponse>;
  /** False when a rate limit, or a secret store that is away, put it off. */
  readonly countsAsAttempt: boolean;
}

/** What became of an entry. `known`: its idempotency key was used before. `stale`: its check failed. */
export type Entered =
  | {
      readonly result: 'running';
      readonly supersededIds: readonly string[];
      readonly lease: LaneLease;
      readonly begun: Begun;
    }
  | { readonly result: 'queued' | 'superseded'; readonly supersededIds: readonly string[] }
  | { readonly result: 'known' | 'stale' };
