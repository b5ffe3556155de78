import { InOrder } from '@integrations/bootstrap';
import { RequestRejected } from '@integrations/bus';
import type { OperationResult, OperationState, ScmResponse } from '@integrations/contracts';
import type {
  Entered,
  Entry,
  IntegrationRow,
  NewOperation,
  OperationRepository,
  OperationRow,
} from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import { capabilitiesFor } from '../annotation';
import type { Budgets } from '../engine/budgets';
import type { Engine } from '../engine/engine';
import { commonFields } from '../events';
import type { KnownIntegrations } from '../known-integrations';
import type { DispatchLog, Report } from '../report';
import type { Waiters } from '../waiting/waiters';
import { checkSource } from '../publish/check-source';
import { draft, hashOf, orderOf, type Submission } from './draft';
import type { IntegrationResolver } from './integration-resolver';

/** A request that is durable in the ledger. */
export interface Accepted {
  readonly operationId: string;
  readonly state: OperationState;
  /** Null until the operation has ended. */
  readonly outcome: OperationResult<ScmResponse> | null;
}

export interface IntakeOptions {
  readonly operations: Pick<OperationRepository, 'enter' | 'find' | 'findByKey'>;
  readonly resolver: IntegrationResolver;
  readonly known: Pick<KnownIntegrations, 'forget'>;
  readonly budgets: Pick<Budgets, 'credentialOf'>;
  readonly waiters: Pick<Waiters, 'lookFor'>;
  readonly report: Report;
  readonly engine: Pick<Engine, 'reserve'>;
  /** Providers whose operations may run here. */
  readonly providers: readonly string[];
  readonly log: DispatchLog;
}

/** How often an integration may change while a request through it is being accepted. */
const MAX_CHANGES = 5;

/** Takes requests into the ledger. A refused request leaves no trace there. */
export class Intake {
  readonly #inOrder = new InOrder();
  readonly #left: RecurringFailure;

  constructor(private readonly options: IntakeOptions) {
    this.#left = new RecurringFailure(options.log, 'accepted without its plugin; another dispatcher must post it');
  }

  /**
   * Requests for one pull request or commit are accepted in the order in which they come. The same request under the
   * same idempotency key gets the operation that the key was first used for, even if the integration has changed
   * since. Throws RequestRejected: `conflict` for another request under the key, `invalid_request` for a
   * wrong source, and as the resolver does.
   */
  async accept(submission: Submission): Promise<Accepted> {
    checkSource(submission.annotation);
    return this.#inOrder.run(orderOf(submission), () => this.#acceptNext(submission));
  }

  async #acceptNext(submission: Submission): Promise<Accepted> {
    const { tenantId, annotation, idempotencyKey } = submission;
    const { operations, resolver } = this.options;
    const { integrationId } = annotation.request;
    const needed = capabilitiesFor(annotation);
    const guessed = resolver.guess(tenantId, integrationId, needed);
    const accepted = guessed && (await this.#enter(submission, guessed));
    if (accepted) return accepted;

    for (let change = 0; change < MAX_CHANGES; change++) {
      const seen = idempotencyKey === null ? null : await operations.findByKey(tenantId, idempotencyKey);
      if (seen) return repeated(seen, hashOf(annotation));
      const resolved = await resolver.resolve(tenantId, integrationId, needed);
      const entered = await this.#enter(submission, resolved);
      if (entered) return entered;
    }
    throw new Error('the integration kept changing while a request through it was being accepted');
  }

  /** Null if the integration has changed since it was read, or if the idempotency key has become free again. */
  async #enter(submission: Submission, integration: IntegrationRow): Promise<Accepted | null> {
    const operation = draft(submission, integration);
    const entry = {
      operation,
      check: submission.annotation.request.integrationId ? 'live' : 'only',
      eventData: commonFields(operation),
      credential: this.options.budgets.credentialOf(integration, operation.owner),
    } as const;
    const entered = await this.#enterLane(entry, submission.isAwaited);
    switch (entered.result) {
      case 'stale':
        this.options.known.forget(integration);
        return null;
      case 'known':
        return this.#again(operation);
      case 'superseded':
        this.options.report.superseded(operation);
        return this.#ended(operation);
      case 'queued':
      case 'running':
        this.#reportSuperseded(operation, entered.supersededIds);
        return { operationId: operation.id, state: 'queued', outcome: null };
    }
  }

  /**
   * If the engine has a place and nobody else holds the lane, the operation begins at once. An operation whose plugin
   * is not loaded here is left to a dispatcher that has it.
   */
  async #enterLane(entry: Omit<Entry, 'leaseMs'>, isAwaited: boolean): Promise<Entered> {
    const { operations, engine, providers } = this.options;
    const { provider } = entry.operation;
    if (!providers.includes(provider)) {
      this.#left.failed(new Error(`no plugin of provider ${provider} is loaded here`));
      return operations.enter({ ...entry, leaseMs: null });
    }
    const place = engine.reserve(isAwaited);
    let entered: Entered | undefined;
    try {
      entered = await operations.enter({ ...entry, leaseMs: place.leaseMs });
      return entered;
    } finally {
      if (entered?.result === 'running') place.run(entered);
      else place.leave();
    }
  }

  /** Superseded operations share lane, kind and integration with the one that replaced them, but not its trace. */
  #reportSuperseded(operation: NewOperation, ids: readonly string[]): void {
    const { report, waiters } = this.options;
    for (const id of ids) report.superseded({ ...operation, id, traceparent: null });
    waiters.lookFor(ids);
  }

  /** Null if the operation that the key was used for has just left the ledger because of its age: the key is free. */
  async #again({ id, tenantId, idempotencyKey, requestHash }: NewOperation): Promise<Accepted | null> {
    if (idempotencyKey === null) throw new Error(`operation ${id} was accepted before, without an idempotency key`);
    const first = await this.options.operations.findByKey(tenantId, idempotencyKey);
    return first && repeated(first, requestHash);
  }

  async #ended({ tenantId, id }: NewOperation): Promise<Accepted> {
    const row = await this.options.operations.find(tenantId, id);
    if (!row) throw new Error(`operation ${id} is gone right after it was accepted`);
    return accepted(row);
  }
}

function repeated(row: OperationRow, requestHash: string): Accepted {
  if (row.requestHash === requestHash) return accepted(row);
  const message = 'was used before for another request';
  throw RequestRejected.forFields('conflict', [{ field: 'idempotencyKey', message }]);
}

/** A row that waits for another attempt holds the outcome of the last one, which is not the operation's outcome. */
function accepted({ id, state, finishedAt, outcome }: OperationRow): Accepted {
  return { operationId: id, state, outcome: finishedAt === null ? null : outcome };
}
