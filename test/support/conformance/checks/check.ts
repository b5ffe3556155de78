import type { ScmOperation } from '@integrations/contracts';
import type { Action } from '../actions';
import type { Fault } from '../faults';
import { succeed } from '../outcome';
import type { Rig } from '../rig';

/** One thing that every provider must do. `run` throws an AssertionError where the provider does not. */
export interface Check {
  readonly title: string;
  run(rig: Rig): Promise<void>;
}

/** What the checks are made from: known before anything runs. */
export interface Plan {
  readonly operations: readonly ScmOperation[];
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
}

/** Faults of the way to the vendor: they show at the first request or not at all. */
const AT_THE_DOOR: readonly Fault[] = ['refuses the connection', 'breaks TLS'];

/** Every request of an action is a place where a fault can begin; without a network there is one such place. */
export async function placesFor(rig: Rig, action: Action, fault: Fault): Promise<number[]> {
  if (!rig.proxy || AT_THE_DOOR.includes(fault)) return [1];
  const connection = await rig.connect();
  await succeed(`${action.name} at a healthy vendor`, (signal) => action.run(connection, signal));
  return rig.proxy.seen.map((_, index) => index + 1);
}
