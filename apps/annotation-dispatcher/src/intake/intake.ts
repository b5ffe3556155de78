import { RequestRejected } from '@integrations/bus';
import type { OperationResult, OperationState, ScmResponse } from '@integrations/contracts';
import type {
  Acceptance,
  Database,
  NewOperation,
  OperationRepository,
  OperationRow,
  Outbox,
} from '@integrations/database';
import { annotationEvent } from '../events';
import type { Report } from '../report';
import type { Waiters } from '../waiting/waiters';
import { draft, hashOf, placeOf, type Submission } from './draft';
import { InOrder } from './in-order';
import type { IntegrationResolver } from './integration-resolver';

/** A request that is durable in the ledger. */
export interface Accepted {
  readonly operationId: string;
  readonly state: OperationState;
  /** Null until the operation has ended. */
  readonly outcome: OperationResult<ScmResponse> | null;
}

export interface IntakeOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly operations: Pick<OperationRepository, 'accept' | 'find' | 'findByKey'>;
  readonly outbox: Pick<Outbox, 'append'>;
  readonly resolver: IntegrationResolver;
  readonly waiters: Pick<Waiters, 'lookFor'>;
  readonly report: Report;
  /** Told of each lane that has something new to run. */
  readonly wake: (lane: string) => void;
}

/** Takes requests into the ledger. What it refuses leaves no trace there. */
export class Intake {
  readonly #inOrder = new InOrder();

  constructor(private readonly options: IntakeOptions) {}

  /**
   * What comes for one pull request or commit is accepted in the order in which it comes.
   * The same idempotency key with the same request answers with the operation it was first used for, whatever has become
   * of the integration since. Throws RequestRejected: `conflict` for another request under the key, and as the resolver.
   */
  accept(submission: Submission): Promise<Accepted> {
    const place = `${submission.tenantId}:${placeOf(submission.annotation)}`;
    return this.#inOrder.run(place, () => this.#acceptNext(submission));
  }

  async #acceptNext(submission: Submission): Promise<Accepted> {
    const { operations, resolver } = this.options;
    const { tenantId, annotation, idempotencyKey } = submission;
    const seen = idempotencyKey === null ? null : await operations.findByKey(tenantId, idempotencyKey);
    if (seen) return sameAgain(seen, hashOf(annotation));

    const integration = await resolver.resolve(tenantId, annotation.request.integrationId, annotation.operation);
    return this.#record(draft(submission, integration));
  }

  async #record(operation: NewOperation): Promise<Accepted> {
    const acceptance = await this.#accept(operation);
    if (!acceptance.accepted) return sameAgain(acceptance.existing, operation.requestHash);

    this.#reportSuperseded(operation, acceptance);
    if (acceptance.supersededSelf) return this.#ended(operation);
    this.options.wake(operation.lane);
    return { operationId: operation.id, state: 'queued', outcome: null };
  }

  #accept(operation: NewOperation): Promise<Acceptance> {
    const { database, operations, outbox } = this.options;
    return database.transaction(async (tx) => {
      const acceptance = await operations.accept(operation, tx);
      if (!acceptance.accepted) return acceptance;
      await outbox.append(annotationEvent('annotation_accepted', operation, {}), tx);
      for (const superseded of supersededOf(operation, acceptance)) {
        await outbox.append(annotationEvent('annotation_superseded', superseded, {}), tx);
      }
      return acceptance;
    });
  }

  #reportSuperseded(operation: NewOperation, acceptance: Acceptance & { accepted: true }): void {
    const { report, waiters } = this.options;
    for (const superseded of supersededOf(operation, acceptance)) report.superseded(superseded);
    waiters.lookFor(acceptance.supersededIds);
  }

  async #ended({ tenantId, id }: NewOperation): Promise<Accepted> {
    const row = await this.options.operations.find(tenantId, id);
    if (!row) throw new Error(`operation ${id} is gone right after it was accepted`);
    return accepted(row);
  }
}

/** They share lane, operation and integration with the one that took their place: only the ids differ. */
function supersededOf(
  operation: NewOperation,
  { supersededIds, supersededSelf }: Acceptance & { accepted: true },
): NewOperation[] {
  return supersededSelf ? [operation] : supersededIds.map((id) => ({ ...operation, id }));
}

function sameAgain(row: OperationRow, requestHash: string): Accepted {
  if (row.requestHash === requestHash) return accepted(row);
  const message = 'was used before for another request';
  throw new RequestRejected('conflict', `idempotencyKey: ${message}`, [{ field: 'idempotencyKey', message }]);
}

/** A row that waits for another attempt holds the outcome of the last one, which is nobody's answer. */
function accepted({ id, state, finishedAt, outcome }: OperationRow): Accepted {
  return { operationId: id, state, outcome: finishedAt === null ? null : outcome };
}
