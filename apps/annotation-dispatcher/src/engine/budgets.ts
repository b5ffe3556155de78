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

/** What the limits of one operation's calls are asked of, and told to. */
export interface OperationGate extends CallGate {
  /** Runs the attempt; when its vendor asks to wait, everybody under the credential does. */
  guard<T>(attempt: () => Promise<T>): Promise<T>;
}

/**
 * Between the grant of a call and its arrival at the vendor lie a commit and a network. Windows are so much longer here,
 * so that a call that is on its way for long and a quick one behind it are still apart there.
 */
const ON_THE_WAY_MS = 250;

/**
 * For a vendor that limits without asking for a wait, or for none: limits count as no attempts, so that it would be asked
 * again at once, and hundreds of times a second for as long as it limits.
 */
const SHORTEST_LIMIT_MS = 1_000;

/** Keeps the operations of each credential within what its vendor lets it do. */
export class Budgets {
  /** What an operation asked when it was accepted it asks again when it is attempted, mostly of the same row. */
  readonly #last = new WeakMap<IntegrationRow, { readonly owner: string; readonly budget: CredentialBudget | null }>();

  constructor(private readonly options: BudgetOptions) {}

  /** Null where no limits are shared, or where the attempt will fail over them. */
  credentialOf(integration: IntegrationRow, owner: string): string | null {
    try {
      return this.#budgetOf(integration, owner)?.credential ?? null;
    } catch {
      return null;
    }
  }

  /** Throws ProviderError as the connector does. */
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
  /** Milliseconds, by the credential or the part of it that is to wait. */
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
      .catch(ourFault('the rate budget of the credential cannot be asked'));
    if (retryAfterMs === 0) return;
    this.#hasRefused = true;
    this.options.metrics.waitedForBudget(provider, retryAfterMs / 1_000);
    throw new ProviderError('rate_limited', `the rate budget of the credential is used up for now`, { retryAfterMs });
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

  /** Only what is counted apart is used up: that is the limit that was met. */
  get #holdsPart(): boolean {
    return this.#holds.size > 0 && !this.#holds.has(this.budget.credential);
  }

  /** What is counted apart has a log of turns, and holds, of its own. */
  #countedAs(kind: string): string {
    const { credential, apart } = this.budget;
    return apart.includes(kind) ? `${credential}:${kind}` : credential;
  }

  /** An attempt does not fail because this does: whoever comes next is told by the vendor, too. */
  async #makeWait(credential: string, ms: number): Promise<void> {
    const { repository, metrics, log } = this.options;
    const { tenantId, integrationId, provider } = this.row;
    metrics.heldByVendor(provider);
    log.warn({ tenantId, integrationId, provider, ms }, 'the vendor asks the credential to wait');
    try {
      await repository.hold(tenantId, credential, ms);
    } catch (error) {
      log.warn({ err: error, integrationId }, 'cannot make the credential wait');
    }
  }
}

function isLimit(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.code === 'rate_limited';
}

/** A limit with a wait that is one. */
function withWait(limit: ProviderError): ProviderError {
  const { code, message, transient, httpStatus, retryAfterMs = 0 } = limit;
  if (retryAfterMs >= SHORTEST_LIMIT_MS) return limit;
  return new ProviderError(code, message, { cause: limit, transient, httpStatus, retryAfterMs: SHORTEST_LIMIT_MS });
}
