import assert from 'node:assert/strict';
import type { Action } from '../actions';
import type { Fault } from '../faults';
import { everythingOf } from '../leaks';
import { type Outcome, settle } from '../outcome';
import type { Rig } from '../rig';
import type { Check, Plan } from './check';
import { faultRuns } from './faults';

export function egressChecks({ actions }: Plan): Check[] {
  return actions.map((action) => ({
    title: `${action.name}: opens no connection outside the egress client`,
    run: (rig: Rig) => usesEgress(rig, action),
  }));
}

export function secretChecks({ actions, faults }: Plan): Check[] {
  return actions.map((action) => ({
    title: `${action.name}: keeps secrets out of its answers, errors and output`,
    run: (rig: Rig) => keepsSecrets(rig, action, faults),
  }));
}

async function keepsSecrets(rig: Rig, action: Action, faults: readonly Fault[]): Promise<void> {
  const healthy = await rig.connect();
  rig.output.take();
  const outcome = await settle(action.name, (signal) => action.run(healthy, signal));
  assertNoLeak(rig, 'at a healthy vendor', outcome, rig.output.take());
  for (const fault of faults) {
    for (const { from, outcome, printed } of await faultRuns(rig, action, fault)) {
      assertNoLeak(rig, `at a vendor that ${fault} from request ${from} on`, outcome, printed);
    }
  }
}

function assertNoLeak(rig: Rig, where: string, outcome: Outcome<unknown>, printed: string): void {
  for (const [place, text] of [
    ['what came back', everythingOf(outcome)],
    ['the output', printed],
  ] as const) {
    const leak = rig.leaks.find(text, rig.secrets);
    assert.equal(leak, undefined, `${place}, ${where}, shows ${leak}`);
  }
}

async function usesEgress(rig: Rig, action: Action): Promise<void> {
  rig.watch.take();
  const connection = await rig.connect();
  await settle(action.name, (signal) => action.run(connection, signal));
  // Work that was started in the background may connect a little later.
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(rig.watch.take(), []);
}
