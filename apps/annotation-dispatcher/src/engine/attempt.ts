import type { ScmResponse } from '@integrations/contracts';
import type { Begun, IntegrationRepository, IntegrationRow } from '@integrations/database';
import { ProviderError, upsertKeyOf } from '@integrations/provider-kit';
import type { Connector } from '@integrations/providers';
import { post, storedAnnotation } from '../annotation';
import type { KnownIntegrations } from '../known-integrations';
import type { Outages } from '../offline/outages';
import type { Report } from '../report';
import type { Budgets } from './budgets';
import type { Posted, Publisher } from '../publish/publisher';
import { withTimeLimit } from './time-limit';
import {
  judgeBefore,
  judgeFailure,
  judgeSuccess,
  judgeSwitchedOff,
  judgeUnreached,
  type RetryRules,
  type Verdict,
} from './verdict';

export interface AttemptOptions {
  readonly integrations: Pick<IntegrationRepository, 'find'>;
  readonly known: KnownIntegrations;
  readonly connector: Pick<Connector, 'annotations'>;
  readonly budgets: Pick<Budgets, 'gateOf'>;
  readonly outages: Pick<Outages, 'holds' | 'succeeded' | 'failed'>;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly report: Report;
  readonly rules: RetryRules;
  /** Milliseconds that one attempt may take. */
  readonly timeoutMs: number;
  /** True: nothing is sent. */
  readonly offline: boolean;
}

/** Tries once to carry an operation out. */
export class Attempts {
  constructor(private readonly options: AttemptOptions) {}

  /** Throws the signal's reason when it aborts first: then nobody knows what became of the attempt. */
  async run(begun: Begun, signal: AbortSignal): Promise<Verdict> {
    const { rules, offline } = this.options;
    const { row } = begun;
    const refused = judgeBefore(row, offline, rules);
    if (refused) return refused;

    const integration = await this.#integrationOf(begun);
    const offlineNow = integration?.enabled ? await this.#judgeOffline(row, integration) : null;
    signal.throwIfAborted();
    if (offlineNow) return offlineNow;
    let posted: Posted;
    try {
      posted = await this.#post(row, integration, signal);
    } catch (error) {
      signal.throwIfAborted();
      return this.#judgeFailure(row, this.#asProviderError(row, error));
    }
    const { response, failure } = posted;
    if (failure) return withResult(await this.#judgeFailure(row, this.#asProviderError(row, failure)), response);
    await this.options.outages.succeeded(row);
    return judgeSuccess(row, response);
  }

  async #judgeOffline(row: Begun['row'], { posting }: IntegrationRow): Promise<Verdict | null> {
    if (posting === 'offline') return judgeSwitchedOff(row, 'posting through this integration is switched off');
    return (await this.options.outages.holds(row)) ? judgeUnreached(row, null) : null;
  }

  async #judgeFailure(row: Begun['row'], error: ProviderError): Promise<Verdict> {
    const verdict = judgeFailure(row, error, this.options.rules);
    const offline = await this.options.outages.failed(row, error);
    return offline && verdict.kind === 'rescheduled' ? judgeUnreached(row, verdict.outcome) : verdict;
  }

  /** As it was when the attempt began. */
  async #integrationOf({ row, integrationGeneration }: Begun): Promise<IntegrationRow | null> {
    const { known, integrations } = this.options;
    const remembered = known.find(row.tenantId, row.integrationId);
    if (remembered && remembered.generation === integrationGeneration) return remembered;
    const found = await integrations.find(row.tenantId, row.integrationId);
    if (found) known.keep(found);
    return found;
  }

  async #post(row: Begun['row'], integration: IntegrationRow | null, signal: AbortSignal): Promise<Posted> {
    // It may have been changed since the request was accepted.
    if (!integration) throw new ProviderError('not_found', 'the integration was deleted before it could be posted');
    if (!integration.enabled) {
      throw new ProviderError('integration_disabled', 'the integration was disabled before it could be posted');
    }
    const annotation = storedAnnotation(row);
    const gate = this.options.budgets.gateOf(row, integration);
    const client = this.options.connector.annotations(integration, gate);
    const ms = this.options.timeoutMs;
    const tooLate = () => new ProviderError('timeout', `the attempt was broken off after ${ms} ms`);
    const attempt = async (limited: AbortSignal): Promise<Posted> => {
      if (annotation.operation === 'publish') {
        return this.options.publisher.publish({ row, request: annotation.request, client, signal: limited });
      }
      const context = { operationId: row.id, upsertKey: upsertKeyOf(annotation), signal: limited };
      const posting = post(client, annotation, context);
      if (!posting) throw new ProviderError('unsupported_operation', `${row.provider} has no ${row.operation}`);
      return { response: await posting, failure: null };
    };
    return gate.guard(() => withTimeLimit({ ms, signal, tooLate }, attempt));
  }

  #asProviderError(row: Begun['row'], error: unknown): ProviderError {
    const known = error instanceof ProviderError;
    if (known && error.code !== 'internal') return error;
    this.options.report.fault(row, error);
    if (known) return error;
    return new ProviderError('internal', 'the attempt failed unexpectedly; the logs of this time tell why');
  }
}

/** What stands at the vendor although the operation failed. */
function withResult(verdict: Verdict, result: ScmResponse): Verdict {
  return { ...verdict, outcome: { ...verdict.outcome, result } };
}
