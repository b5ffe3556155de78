import type { ScmResponse } from '@integrations/contracts';
import type { Begun, IntegrationRepository, IntegrationRow } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import type { Connector } from '@integrations/providers';
import { post, storedAnnotation, upsertKeyOf } from '../annotation';
import type { KnownIntegrations } from '../known-integrations';
import type { Report } from '../report';
import { withTimeLimit } from './time-limit';
import { judgeBefore, judgeFailure, judgeSuccess, type RetryRules, type Verdict } from './verdict';

export interface AttemptOptions {
  readonly integrations: Pick<IntegrationRepository, 'find'>;
  readonly known: KnownIntegrations;
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
  async run(begun: Begun, signal: AbortSignal): Promise<Verdict> {
    const { rules, offline } = this.options;
    const { row } = begun;
    const refused = judgeBefore(row, offline, rules);
    if (refused) return refused;

    const integration = await this.#integrationOf(begun);
    signal.throwIfAborted();
    try {
      return judgeSuccess(row, await this.#post(row, integration, signal));
    } catch (error) {
      signal.throwIfAborted();
      return judgeFailure(row, this.#asProviderError(row, error), rules);
    }
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

  async #post(row: Begun['row'], integration: IntegrationRow | null, signal: AbortSignal): Promise<ScmResponse> {
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

  #asProviderError(row: Begun['row'], error: unknown): ProviderError {
    const known = error instanceof ProviderError;
    if (known && error.code !== 'internal') return error;
    this.options.report.fault(row, error);
    if (known) return error;
    return new ProviderError('internal', 'the attempt failed unexpectedly; the logs of this time tell why');
  }
}
