import assert from 'node:assert/strict';
import type { ProviderOperation } from '../actions';
import { ProviderError } from '@integrations/provider-kit';
import { post } from '../actions';
import { settle } from '../outcome';
import type { Rig } from '../rig';
import type { Check, Plan } from './check';

const OWNER = 'acme';
const WAIT_MS = 4_321;

export function budgetChecks({ operations }: Plan): Check[] {
  return [
    { title: 'budget: is the same each time, has whole-number limits and holds no secret', run: isValid },
    ...operations.map((operation) => ({
      title: `${operation}: posts nothing when the gate refuses, and passes on how long to wait`,
      run: (rig: Rig) => obeysGate(rig, operation),
    })),
  ];
}

async function isValid(rig: Rig): Promise<void> {
  const { plugin, integration } = await rig.connect();
  const budget = plugin.budget?.(integration, OWNER);
  assert.deepEqual(plugin.budget?.(integration, OWNER), budget, 'it differs from call to call');
  if (!budget) return;
  for (const { max, perMs } of Object.values(budget.limits).flat()) {
    assert.ok(Number.isInteger(max) && max > 0, `max is ${max}`);
    assert.ok(Number.isInteger(perMs) && perMs > 0, `perMs is ${perMs}`);
  }
  for (const secret of rig.secrets) assert.ok(!JSON.stringify(budget).includes(secret), 'it holds a secret');
}

async function obeysGate(rig: Rig, operation: ProviderOperation): Promise<void> {
  const connection = await rig.connect();
  const { plugin, integration, deps } = connection;
  const before = rig.stored();
  const asked: string[] = [];
  const spend = async (kind: string): Promise<never> => {
    asked.push(kind);
    throw new ProviderError('rate_limited', 'the gate is closed', { retryAfterMs: WAIT_MS });
  };
  const gated = { ...connection, deps: { ...deps, gate: { spend, hold: () => undefined } } };
  const outcome = await settle(operation, (signal) => post(rig.subject.requests, operation, gated, { signal }));

  const limited = Object.keys(plugin.budget?.(integration, OWNER).limits ?? {});
  if (asked.length === 0) return assert.deepEqual(limited, [], 'it has a budget and asks no gate');
  if (limited.length > 0) assert.ok(limited.includes(asked[0]!), `its budget has no limits of the kind ${asked[0]}`);
  assert.equal(asked.length, 1, 'it goes on after a refusal');
  assert.equal(rig.stored(), before, 'it posts what was refused');
  assert.ok(!outcome.ok && outcome.error instanceof ProviderError, 'the refusal is swallowed');
  assert.deepEqual([outcome.error.code, outcome.error.retryAfterMs], ['rate_limited', WAIT_MS]);
}
