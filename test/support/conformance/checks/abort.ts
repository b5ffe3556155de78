import assert from 'node:assert/strict';
import { ProviderError } from '@integrations/provider-kit';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Action, PROBES } from '../actions';
import { type Outcome, settle } from '../outcome';
import type { Rig } from '../rig';
import { type Check, placesFor, type Plan } from './check';
import { overTime, runInto } from './faults';

const SOCKET_CLOSES_MS = 1_000;

export function abortChecks({ actions, faults }: Plan): Check[] {
  const canHang = faults.includes('never answers');
  return actions.flatMap((action) => [
    ...(canHang
      ? [
          {
            title: `${action.name}: ends and closes its socket when its signal aborts`,
            run: (rig: Rig) => endsOnAbort(rig, action),
          },
        ]
      : []),
    {
      title: `${action.name}: sends nothing after its signal has aborted`,
      run: (rig: Rig) => sendsNothingAfterAbort(rig, action),
    },
  ]);
}

async function endsOnAbort(rig: Rig, action: Action): Promise<void> {
  for (const from of await placesFor(rig, action, 'never answers')) {
    const connection = await rig.connect({ fault: 'never answers', from });
    // settle() itself fails the check if the action outlives its signal.
    assertTimeout(action, await runInto(rig, action, connection, 'never answers', from));
    const hung = rig.proxy?.seen[from - 1];
    const deadline = performance.now() + SOCKET_CLOSES_MS;
    while (hung && !hung.closed && performance.now() < deadline) await sleep(10);
    assert.ok(!hung || hung.closed, `the socket of request ${from} stays open`);
  }
}

async function sendsNothingAfterAbort(rig: Rig, action: Action): Promise<void> {
  const connection = await rig.connect();
  const outcome = await settle(action.name, (signal) => action.run(connection, signal), AbortSignal.abort(overTime()));
  assertFailure(action, outcome);
  assert.equal(rig.proxy?.seen.length ?? 0, 0, 'a request was sent');
}

/** A probe must return a verdict with the code `timeout`, an operation must throw one. */
function assertTimeout(action: Action, outcome: Outcome<unknown>): void {
  const code = outcome.ok ? (outcome.value as { code?: unknown }).code : codeOf(outcome.error);
  assert.equal(code, 'timeout', `${action.name} ends with ${String(code)}`);
}

/** A vendor that was never called must not be reported as healthy. */
function assertFailure(action: Action, outcome: Outcome<unknown>): void {
  if (!outcome.ok) return assertTimeout(action, outcome);
  assert.ok((PROBES as readonly string[]).includes(action.name), `${action.name} succeeds`);
  assert.notEqual((outcome.value as { status?: unknown }).status, 'healthy');
}

function codeOf(error: unknown): string {
  return error instanceof ProviderError ? error.code : String(error);
}
