import assert from 'node:assert/strict';
import type { Action } from '../actions';
import type { Fault } from '../faults';
import { everythingOf } from '../leaks';
import { settle } from '../outcome';
import type { Rig } from '../rig';
import { type Check, placesFor, type Plan } from './check';
import { runInto } from './faults';

export function isolationChecks({ actions, faults }: Plan): Check[] {
  return actions.flatMap((action) => [
    {
      title: `${action.name}: no secret shows in what it answers, throws or prints`,
      run: (rig: Rig) => keepsSecrets(rig, action, faults),
    },
    {
      title: `${action.name}: nothing goes past the egress client`,
      run: (rig: Rig) => usesEgress(rig, action),
    },
  ]);
}

async function keepsSecrets(rig: Rig, action: Action, faults: readonly Fault[]): Promise<void> {
  rig.output.take();
  const healthy = await rig.connect();
  assertNoLeak(rig, 'at a healthy vendor', await settle(action.name, (signal) => action.run(healthy, signal)));
  for (const fault of faults) {
    for (const from of await placesFor(rig, action, fault)) {
      const connection = await rig.connect({ fault, from });
      const outcome = await runInto(rig, action, connection, fault, from);
      assertNoLeak(rig, `at a vendor that ${fault} from request ${from} on`, outcome);
    }
  }
}

function assertNoLeak(rig: Rig, where: string, outcome: unknown): void {
  for (const [place, text] of [
    ['what came back', everythingOf(outcome)],
    ['the output', rig.output.take()],
  ] as const) {
    const leak = rig.leaks.find(text, rig.secrets);
    assert.equal(leak, undefined, `${place}, ${where}, shows ${leak}`);
  }
}

async function usesEgress(rig: Rig, action: Action): Promise<void> {
  rig.watch.take();
  const connection = await rig.connect();
  await settle(action.name, (signal) => action.run(connection, signal));
  // What was started on the side may connect a little later.
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(rig.watch.take(), []);
}
