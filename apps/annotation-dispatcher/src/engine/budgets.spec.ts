import { type Begun, type CallRequest, DatabaseError, type IntegrationRow } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import type { CredentialBudget } from '@integrations/providers';
import { type BudgetOptions, Budgets } from './budgets';

const LIMITS: CredentialBudget['limits'] = {
  write: [{ max: 80, perMs: 60_000 }],
  graphql: [{ max: 300, perMs: 60_000 }],
};
const BUDGET: CredentialBudget = { credential: 'app', limits: LIMITS, apart: ['graphql'] };
const row = { id: 'op', tenantId: 'acme', integrationId: 'i', owner: 'octo', deadlineAt: null } as Begun['row'];

interface GateOptions {
  readonly away?: DatabaseError;
  readonly retryAfterMs?: number;
  readonly hold?: () => Promise<void>;
  /** Null if no limits are shared. */
  readonly budget?: CredentialBudget | null;
}

/** A gate, with records of what it takes and holds; taking fails with `away` if that is given. */
function gate({ away, retryAfterMs = 0, hold = async () => undefined, budget = BUDGET }: GateOptions = {}) {
  const taken: string[] = [];
  const windows: unknown[] = [];
  const held: unknown[] = [];
  const budgets = budgetsBy(() => budget, {
    take: async ({ credential, kind, limits }: CallRequest) => {
      if (away) throw away;
      windows.push(limits);
      taken.push(`${kind} of ${credential}`);
      return retryAfterMs;
    },
    hold: (_, credential, ms) => {
      held.push([credential, ms]);
      return hold();
    },
  });
  return { gate: budgets.gateOf(row, {} as IntegrationRow), taken, windows, held };
}

function budgetsBy(budget: () => CredentialBudget | null, repository: BudgetOptions['repository']): Budgets {
  return new Budgets({
    repository,
    connector: { budget },
    metrics: { waitedForBudget: () => undefined, heldByVendor: () => undefined },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
}

const limited = () => new ProviderError('rate_limited', 'slow down', { retryAfterMs: 5_000 });

describe('a kind of call that a vendor counts separately', () => {
  it('is taken from a log of its own', async () => {
    const { gate: asked, taken } = gate();
    await asked.spend('read'); // has no limit
    await asked.spend('write');
    await asked.spend('graphql');
    expect(taken).toEqual(['write of app', 'graphql of app:graphql']);
  });

  it('waits alone when it is used up', async () => {
    const { gate: asked, held } = gate();
    const attempt = asked.guard(async () => {
      asked.hold(5_000, 'graphql');
      throw limited();
    });
    await expect(attempt).rejects.toMatchObject({ code: 'rate_limited' });
    expect(held).toEqual([['app:graphql', 5_000]]);
  });

  it('waits with all others if the whole credential has to, for the longest wait that was asked for', async () => {
    const { gate: asked, held } = gate();
    const attempt = asked.guard(async () => {
      asked.hold(1_000);
      asked.hold(6_000, 'write');
      throw limited();
    });
    await expect(attempt).rejects.toMatchObject({ code: 'rate_limited' });
    expect(held).toEqual([['app', 6_000]]);
  });
});

it('keeps calls apart that take up to a quarter of a second to reach the vendor', async () => {
  const { gate: asked, windows } = gate();
  await asked.spend('write');
  expect(windows).toEqual([[{ max: 80, perMs: 60_250 }]]);
});

it('does not let a plugin be blamed for a ledger that does not answer', async () => {
  const away = new DatabaseError('connection refused', 'ECONNREFUSED', null);
  await expect(gate({ away }).gate.spend('write')).rejects.toMatchObject({
    name: 'ProviderError',
    code: 'internal',
    transient: true,
    message: 'the rate budget of the credential cannot be checked',
    cause: away,
  });
});

describe('a vendor that limits', () => {
  const limits = [BUDGET, null].flatMap((budget) => [undefined, 0, 999].map((asked) => ({ budget, asked })));
  it.each(limits)('and asks for less than a second, or nothing, gets a second: %j', async ({ budget, asked: ms }) => {
    const { gate: asked, held } = gate({ budget });
    const told = new ProviderError('rate_limited', 'slow down', { httpStatus: 429, retryAfterMs: ms });
    await expect(asked.guard(() => Promise.reject(told))).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'slow down',
      retryAfterMs: 1_000,
      httpStatus: 429, // shows that the vendor was reached
      cause: told,
    });
    expect(held).toEqual(budget ? [['app', 1_000]] : []);
  });

  it('does not lengthen a wait of our own budget, which is exact to the millisecond', async () => {
    const { gate: asked } = gate({ retryAfterMs: 7 });
    await expect(asked.guard(() => asked.spend('write'))).rejects.toMatchObject({ retryAfterMs: 7 });
  });

  it('is not waited for if the wait is not a positive finite number', async () => {
    const { gate: asked, held } = gate();
    await asked.guard(async () => [Number.NaN, Infinity, -1].forEach((ms) => asked.hold(ms)));
    expect(held).toEqual([]);
  });
});

describe('a credential', () => {
  it('is not held when our own budget refuses a call', async () => {
    const { gate: asked, held } = gate({ retryAfterMs: 2_000 });
    const attempt = asked.guard(() => asked.spend('write'));
    await expect(attempt).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 2_000 });
    expect(held).toEqual([]);
  });

  it.each([BUDGET, null])('is not held after a failure that is no rate limit: %j', async (budget) => {
    const { gate: asked, held } = gate({ budget });
    const told = new ProviderError('provider_unavailable', 'down', { retryAfterMs: 5 });
    await expect(asked.guard(() => Promise.reject(told))).rejects.toBe(told);
    expect(held).toEqual([]);
  });

  it('is held before the attempt has ended, and thus before the next begins', async () => {
    let waits = false;
    const { gate: asked } = gate({
      hold: () => new Promise((resolve) => setTimeout(resolve)).then(() => void (waits = true)),
    });
    await asked.guard(async () => asked.hold(1_000));
    expect(waits).toBe(true);
  });

  it('that cannot be held does not change the result of the attempt', async () => {
    const { gate: asked, held } = gate({ hold: () => Promise.reject(new Error('the database is away')) });
    const attempt = asked.guard(async () => {
      asked.hold(1_000);
      return 'posted';
    });
    await expect(attempt).resolves.toBe('posted');
    expect(held).toEqual([['app', 1_000]]);
  });
});

describe('a plugin that fails to name its budget', () => {
  const failing = () => {
    throw new ProviderError('internal', 'shop: the plugin failed unexpectedly');
  };
  const budgets = budgetsBy(failing, { take: async () => 0, hold: async () => undefined });

  it('has its operations accepted, and their attempts say why they fail', () => {
    expect(budgets.credentialOf({} as IntegrationRow, 'octo')).toBeNull();
    expect(() => budgets.gateOf(row, {} as IntegrationRow)).toThrow('shop: the plugin failed unexpectedly');
  });
});
