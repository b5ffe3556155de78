import type { ScmResponse } from '@integrations/contracts';
import {
  type Begun,
  type Ending,
  type IntegrationRepository,
  type IntegrationRow,
  type OperationRepository,
  storable,
  retryHint,
} from '@integrations/database';
import { type AnnotationContext, ProviderError, type ScmAnnotationClient } from '@integrations/provider-kit';
import type { Connector } from '@integrations/providers';
import { keyOf, postTo, storedAnnotation } from '../annotation';
import type { KnownIntegrations } from '../known-integrations';
import type { Outages } from '../offline/outages';
import type { Report } from '../report';
import type { Budgets } from './budgets';
import type { Posted, Publisher } from '../publish/publisher';
import { cancelHalfMade, HalfMade } from './half-made';
import type { HeldLease } from './lease-keeper';
import { withTimeLimit } from './time-limit';
import {
  judgeBefore,
  judgeFailure,
  judgeHalfMade,
  judgeSuccess,
  judgeSwitchedOff,
  judgeUnconcluded,
  judgeUnreached,
  type RetryRules,
  type Verdict,
} from './verdict';

export interface AttemptOptions {
  readonly integrations: Pick<IntegrationRepository, 'find'>;
  readonly operations: Pick<OperationRepository, 'noteHalfMade'>;
  readonly known: KnownIntegrations;
  readonly connector: Pick<Connector, 'annotations' | 'learnSecrets'>;
  readonly budgets: Pick<Budgets, 'gateOf'>;
  readonly outages: Pick<Outages, 'holds' | 'succeeded' | 'failed'>;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly report: Report;
  readonly rules: RetryRules;
  /** Milliseconds that one attempt may take. */
  readonly timeoutMs: number;
  /** When true, nothing is sent to any vendor. */
  readonly offline: boolean;
}

/** The calls to make once the attempt may reach the vendor. */
type Work<T> = (client: ScmAnnotationClient, context: AnnotationContext) => Promise<T>;

/** `done`: what the work returned. `verdict`: the work was not begun, or it failed. */
type Tried<T> = { readonly done: T } | { readonly verdict: Verdict };

/**
 * Makes one attempt at an operation: posts it or, if it already has to end, cancels the check run it left half made.
 */
export class Attempts {
  constructor(private readonly options: AttemptOptions) {}

  /** If the lease's signal aborts first, throws its reason: the outcome of the attempt is then unknown. */
  async run(begun: Begun, lease: HeldLease): Promise<Verdict> {
    const { ending } = begun.row;
    return ending ? this.#conclude(begun, ending, lease) : this.#carryOut(begun, lease);
  }

  async #carryOut(begun: Begun, lease: HeldLease): Promise<Verdict> {
    const { row } = begun;
    const annotation = storedAnnotation(row);
    const half = new HalfMade(row, this.options.operations);
    const post: Work<Posted> = async (client, context) => {
      const withHalfMade = { ...context, halfMade: () => half.note() };
      if (annotation.operation === 'publish') {
        return this.options.publisher.publish({ row, request: annotation.request, client, context: withHalfMade });
      }
      const posting = postTo(client, annotation, withHalfMade);
      if (!posting) throw new ProviderError('unsupported_operation', `${row.provider} has no ${row.operation}`);
      return { response: await posting, failure: null };
    };
    const tried = await this.#try(begun, this.options.rules, lease, post);
    const verdict = 'done' in tried ? await this.#judge(row, tried.done) : tried.verdict;
    return half.isLeft ? judgeHalfMade(verdict) : verdict;
  }

  /** Cancelling gets as many attempts as posting had, and no deadline: nothing else would cancel the check run. */
  async #conclude(begun: Begun, ending: Ending, lease: HeldLease): Promise<Verdict> {
    const row = { ...begun.row, deadlineAt: null };
    const rules = { ...this.options.rules, maxAttempts: 2 * this.options.rules.maxAttempts };
    const annotation = storedAnnotation(row);
    const cancel: Work<void> = (client, context) => cancelHalfMade(client, annotation, ending, context);
    const tried = await this.#try({ ...begun, row }, rules, lease, cancel);
    if ('verdict' in tried) return judgeUnconcluded(ending, tried.verdict);
    await this.options.outages.succeeded(row);
    return { kind: 'ended', ...ending };
  }

  async #try<T>(begun: Begun, rules: RetryRules, lease: HeldLease, work: Work<T>): Promise<Tried<T>> {
    const { row } = begun;
    const refused = judgeBefore(row, this.options.offline, rules);
    if (refused) return { verdict: refused };

    const integration = await this.#integrationOf(begun);
    const offlineNow = integration?.enabled ? await this.#judgeOffline(row, integration) : null;
    lease.signal.throwIfAborted();
    if (offlineNow) return { verdict: offlineNow };
    try {
      return { done: await this.#atVendor(row, integration, lease, work) };
    } catch (error) {
      lease.signal.throwIfAborted();
      return { verdict: await this.#judgeFailure(row, this.#asProviderError(row, error), rules) };
    }
  }

  async #judge(row: Begun['row'], { response, failure }: Posted): Promise<Verdict> {
    if (!failure) {
      await this.options.outages.succeeded(row);
      return judgeSuccess(row, response);
    }
    const error = this.#asProviderError(row, failure);
    return withResult(await this.#judgeFailure(row, error, this.options.rules), response);
  }

  async #judgeOffline(row: Begun['row'], { posting }: IntegrationRow): Promise<Verdict | null> {
    if (posting === 'offline') return judgeSwitchedOff(row, 'posting through this integration is switched off');
    return (await this.options.outages.holds(row)) ? judgeUnreached(row, null) : null;
  }

  async #judgeFailure(row: Begun['row'], error: ProviderError, rules: RetryRules): Promise<Verdict> {
    const verdict = judgeFailure(row, error, rules);
    const offline = await this.options.outages.failed(row, error);
    return offline && verdict.kind === 'rescheduled' ? judgeUnreached(row, verdict.outcome) : verdict;
  }

  /** The remembered integration if its generation is the one that the attempt began with, else read from PostgreSQL. */
  async #integrationOf({ row, integrationGeneration }: Begun): Promise<IntegrationRow | null> {
    const { known, integrations } = this.options;
    const remembered = known.find(row.tenantId, row.integrationId);
    if (remembered && remembered.generation === integrationGeneration) return remembered;
    const found = await integrations.find(row.tenantId, row.integrationId);
    if (found) known.keep(found);
    return found;
  }

  async #atVendor<T>(
    row: Begun['row'],
    integration: IntegrationRow | null,
    lease: HeldLease,
    work: Work<T>,
  ): Promise<T> {
    // The integration may have been deleted or disabled since the request was accepted.
    if (!integration)
      throw new ProviderError('not_found', 'the integration was deleted before the operation was posted');
    if (!integration.enabled) {
      throw new ProviderError('integration_disabled', 'the integration was disabled before the operation was posted');
    }
    const gate = this.options.budgets.gateOf(row, integration);
    const client = this.options.connector.annotations(integration, gate, lease);
    const ms = this.options.timeoutMs;
    const tooLate = () => new ProviderError('timeout', `the attempt was aborted after ${ms} ms`);
    const context = { operationId: row.id, upsertKey: keyOf(storedAnnotation(row)) };
    const attempt = async (limited: AbortSignal) => {
      await this.options.connector.learnSecrets(integration, limited);
      return work(client, { ...context, signal: limited });
    };
    return gate.guard(() => withTimeLimit({ ms, signal: lease.signal, tooLate }, attempt));
  }

  #asProviderError(row: Begun['row'], error: unknown): ProviderError {
    const known = error instanceof ProviderError;
    if (known && error.code !== 'internal') return error;
    // A stage means that we could not make the call, for example without a free file descriptor. The outcome of each
    // attempt already says so; a stack trace would add nothing.
    if (known && error.stage) return error;
    // A database that is down or busy interrupts many attempts at once. The lane runner logs that when their outcomes
    // cannot be recorded.
    if (retryHint(known ? error.cause : error) === null) this.options.report.fault(row, error);
    if (known) return error;
    return new ProviderError('internal', 'the attempt failed unexpectedly; see the logs from that time');
  }
}

/** Adds the result of the parts that were posted although the operation failed. */
function withResult(verdict: Verdict, result: ScmResponse): Verdict {
  return { ...verdict, outcome: { ...verdict.outcome, result: storable(result) } };
}
