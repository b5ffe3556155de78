import type { Begun, BudgetRepository, IntegrationRow } from '@integrations/database';
import { type CallGate, ProviderError } from '@integrations/provider-kit';
import type { Connector, CredentialBudget } from '@integrations/providers';
import type { OperationMetrics } from '@integrations/telemetry';
import type { DispatchLog } from '../report';
import { ourFault } from './our-fault';

export interface BudgetOptions {
  readonly repository: Pick<BudgetRepository, 'take' | 'hold'>;
  readonly connector: Pick<Connector, 'budget'>;
  readonly metrics: Pick<OperationMetrics, 'waitedForBudget' | 'heldByVendor'>;
  readonly log: DispatchLog;
}

/** Grants the calls of one operation, and takes the waits that the vendor asks for. */
export interface OperationGate extends CallGate {
  /** Runs the attempt. If the vendor asks for a wait, all operations under the credential wait. */
  guard<T>(attempt: () => Promise<T>): Promise<T>;
}

/**
 * A commit and a network lie between granting a call and its arrival at the vendor. Our windows are this much longer
 * than the vendor's, so that a slow call and a quick one behind it still arrive far enough apart.
 */
const ON_THE_WAY_MS = 250;

/**
 * Shortest wait for a vendor that limits the rate without asking for a wait. A rate limit does not count as an attempt,
 * so the operation would otherwise be retried at once, hundreds of times a second.
 */
const SHORTEST_LIMIT_MS = 1_000;

/** Keeps the operations under each credential within the vendor's rate limits. */
export class Budgets {
  /** An operation needs its budget when it is accepted and again when it is attempted, mostly with the same row. */
  readonly #last = new WeakMap<IntegrationRow, { readonly owner: string; readonly budget: CredentialBudget | null }>();

  constructor(private readonly options: BudgetOptions) {}

  /** Null if no limits are shared, or if the plugin fails to name them: the attempt will then fail with that error. */
  credentialOf(integration: IntegrationRow, owner: string): string | null {
    try {
      return this.#budgetOf(integration, owner)?.credential ?? null;
    } catch {
      return null;
    }
  }

  /** Throws ProviderError as `Connector.budget` does. */
  gateOf(row: Begun['row'], integration: IntegrationRow): OperationGate {
    const budget = this.#budgetOf(integration, row.owner);
    return budget ? new SharedGate(this.options, row, budget) : OPEN;
  }

  #budgetOf(integration: IntegrationRow, owner: string): CredentialBudget | null {
    const last = this.#last.get(integration);
    if (last?.owner === owner) return last.budget;
    const budget = this.options.connector.budget(integration, owner);
    this.#last.set(integration, { owner, budget });
    return budget;
  }
}

const OPEN: OperationGate = {
  spend: async () => undefined,
  hold: () => undefined,
  guard: async (attempt) => {
    try {
      return await attempt();
    } catch (error) {
      throw isLimit(error) ? withWait(error) : error;
    }
  },
};

class SharedGate implements OperationGate {
  /** Milliseconds to wait, by credential or by the part of it that the vendor counts separately. */
  readonly #holds = new Map<string, number>();
  #hasRefused = false;

  constructor(
    private readonly options: BudgetOptions,
    private readonly row: Begun['row'],
    private readonly budget: CredentialBudget,
  ) {}

  async spend(kind: string): Promise<void> {
    const limits = this.budget.limits[kind];
    if (!limits?.length) return;
    const { tenantId, id: operationId, provider, deadlineAt: latest } = this.row;
    const asked = {
      tenantId,
      credential: this.#countedAs(kind),
      kind,
      operationId,
      limits: limits.map(({ max, perMs }) => ({ max, perMs: perMs + ON_THE_WAY_MS })),
      latest,
    };
    const retryAfterMs = await this.options.repository
      .take(asked)
      .catch(ourFault('the rate budget of the credential cannot be checked'));
    if (retryAfterMs === 0) return;
    this.#hasRefused = true;
    this.options.metrics.waitedForBudget(provider, retryAfterMs / 1_000);
    throw new ProviderError('rate_limited', 'the rate budget of the credential is used up for now', { retryAfterMs });
  }

  hold(ms: number, kind?: string): void {
    if (!Number.isFinite(ms) || ms <= 0) return;
    const credential = kind === undefined ? this.budget.credential : this.#countedAs(kind);
    this.#holds.set(credential, Math.max(this.#holds.get(credential) ?? 0, ms));
  }

  async guard<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!isLimit(error) || this.#hasRefused) throw error;
      const limit = withWait(error);
      if (!this.#holdsPart) this.hold(limit.retryAfterMs ?? 0);
      throw limit;
    } finally {
      for (const [credential, ms] of this.#holds) await this.#makeWait(credential, ms);
    }
  }

  /** Only calls that the vendor counts separately have to wait: theirs is the limit that was hit. */
  get #holdsPart(): boolean {
    return this.#holds.size > 0 && !this.#holds.has(this.budget.credential);
  }

  /** A kind of call that the vendor counts separately has its own log of turns and its own holds. */
  #countedAs(kind: string): string {
    const { credential, apart } = this.budget;
    return apart.includes(kind) ? `${credential}:${kind}` : credential;
  }

  /** A failure here does not fail the attempt: the vendor will also ask the next caller to wait. */
  async #makeWait(credential: string, ms: number): Promise<void> {
    const { repository, metrics, log } = this.options;
    const { tenantId, integrationId, provider } = this.row;
    metrics.heldByVendor(provider);
    log.warn({ tenantId, integrationId, provider, ms }, 'vendor asked for a pause under this credential');
    try {
      await repository.hold(tenantId, credential, ms);
    } catch (error) {
      log.warn({ err: error, integrationId }, 'cannot record the pause for the credential');
    }
  }
}

function isLimit(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === 'rate_limited';
}

/** The limit with a wait of at least SHORTEST_LIMIT_MS. */
function withWait(limit: ProviderError): ProviderError {
  const { code, message, transient, httpStatus, retryAfterMs = 0 } = limit;
  if (retryAfterMs >= SHORTEST_LIMIT_MS) return limit;
  return new ProviderError(code, message, { cause: limit, transient, httpStatus, retryAfterMs: SHORTEST_LIMIT_MS });
}
