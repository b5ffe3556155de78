import type { ScmResponse } from '@integrations/contracts';
import type { IntegrationRepository, IntegrationRow, OperationRow } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import type { Connector } from '@integrations/providers';
import { post, storedAnnotation, upsertKeyOf } from '../annotation';
import type { Report } from '../report';
import { withTimeLimit } from './time-limit';
import { judgeBefore, judgeFailure, judgeSuccess, type RetryRules, type Verdict } from './verdict';

export interface AttemptOptions {
  readonly integrations: Pick<IntegrationRepository, 'find'>;
  readonly connector: Pick<Connector, 'annotations'>;
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
  async run(row: OperationRow, signal: AbortSignal): Promise<Verdict> {
    const { rules, offline } = this.options;
    const refused = judgeBefore(row, offline, rules);
    if (refused) return refused;

    const integration = await this.options.integrations.find(row.tenantId, row.integrationId);
    signal.throwIfAborted();
    try {
      return judgeSuccess(row, await this.#post(row, integration, signal));
    } catch (error) {
      signal.throwIfAborted();
      return judgeFailure(row, this.#asProviderError(row, error), rules);
    }
  }

  async #post(row: OperationRow, integration: IntegrationRow | null, signal: AbortSignal): Promise<ScmResponse> {
    // It may have been changed since the request was accepted.
    if (!integration) throw new ProviderError('not_found', 'the integration was deleted before it could be posted');
    if (!integration.enabled) {
      throw new ProviderError('integration_disabled', 'the integration was disabled before it could be posted');
    }
    const annotation = storedAnnotation(row);
    const client = this.options.connector.annotations(integration);
    const ms = this.options.timeoutMs;
    const tooLate = () => new ProviderError('timeout', `the attempt was broken off after ${ms} ms`);
    return withTimeLimit({ ms, signal, tooLate }, async (limited) => {
      const context = { operationId: row.id, upsertKey: upsertKeyOf(annotation), signal: limited };
      const posting = post(client, annotation, context);
      if (!posting) throw new ProviderError('unsupported_operation', `${row.provider} has no ${row.operation}`);
      return posting;
    });
  }

  #asProviderError(row: OperationRow, error: unknown): ProviderError {
    const known = error instanceof ProviderError;
    if (known && error.code !== 'internal') return error;
    this.options.report.fault(row, error);
    if (known) return error;
    return new ProviderError('internal', 'the attempt failed unexpectedly; the logs of this time tell why');
  }
}
