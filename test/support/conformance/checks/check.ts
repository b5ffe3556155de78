import assert from 'node:assert/strict';
import type { ProviderOperation } from '../actions';
import type { Action } from '../actions';
import type { Fault } from '../faults';
import type { FaultyProxy } from '../faulty-proxy';
import type { Listing } from '../listings';
import { succeed } from '../outcome';
import type { Rig } from '../rig';

/** A requirement for every provider. `run` throws an AssertionError if the provider does not meet it. */
export interface Check {
  readonly title: string;
  run(rig: Rig): Promise<void>;
}

/** The input of the checks, known before anything runs. */
export interface Plan {
  readonly operations: readonly ProviderOperation[];
  readonly listings: readonly Listing[];
  /** The actions for capabilities, which throw if the vendor fails. */
  readonly calls: readonly Action[];
  /** The calls and the probes. */
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
}

/** Faults of the connection to the vendor, which show at the first request or not at all. */
const AT_THE_DOOR: readonly Fault[] = ['refuses the connection', 'breaks TLS'];

/** The numbers of the requests of an action at which the fault can begin. Without a network there is only one. */
export async function placesFor(rig: Rig, action: Action, fault: Fault): Promise<number[]> {
  if (!rig.proxy || AT_THE_DOOR.includes(fault)) return [1];
  const requests = rig.requests.get(action.name) ?? (await listRequests(rig, rig.proxy, action));
  rig.requests.set(action.name, requests);
  const harmless = (rig.subject.harmless ?? []).filter((exception) => exception.fault === fault);
  return requests.flatMap((request, index) =>
    harmless.some((exception) => exception.request.test(request)) ? [] : [index + 1],
  );
}

async function listRequests(rig: Rig, proxy: FaultyProxy, action: Action): Promise<string[]> {
  const connection = await rig.connect();
  await succeed(`${action.name} at a healthy vendor`, (signal) => action.run(connection, signal));
  assert.ok(proxy.seen.length > 0, `${action.name} asks the vendor nothing`);
  return proxy.seen.map(({ method, path }) => `${method} ${path}`);
}
