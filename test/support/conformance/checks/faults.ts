import assert from 'node:assert/strict';
import { type Clock, ProviderError } from '@integrations/provider-kit';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Action, PROBES } from '../actions';
import { EXPECTATIONS, type Fault, RETRY_AFTER_SECONDS } from '../faults';
import { type Outcome, settle, stackOf } from '../outcome';
import type { Connection, FaultRun, Rig } from '../rig';
import { type Check, placesFor, type Plan } from './check';

/** After these faults a plugin may look elsewhere or renew its credential. After all others it must stop at once. */
const MAY_GO_ON: readonly Fault[] = ['answers 401', 'answers 404'];
/** A vendor may not know a token yet that is seconds old. This step makes every token older than that. */
const CLOCK_STEP_MS = 10_000;

export function faultChecks({ calls, faults }: Plan): Check[] {
  return calls.flatMap((call) => [
    ...faults.map((fault) => ({
      title: `${call.name}: throws the right error when the vendor ${fault}`,
      run: (rig: Rig) => becomesRightError(rig, call, fault),
    })),
    {
      title: `${call.name}: forgets a credential that the vendor refuses`,
      run: (rig: Rig) => forgetsRefusedCredential(rig, call),
    },
    {
      title: `${call.name}: sends nothing without its secret`,
      run: (rig: Rig) => sendsNothingWithoutSecret(rig, call),
    },
  ]);
}

async function becomesRightError(rig: Rig, action: Action, fault: Fault): Promise<void> {
  for (const { from, outcome, seen } of await faultRuns(rig, action, fault)) {
    assertError(`${action.name}, request ${from}`, outcome, fault);
    assertWait(rig, outcome, fault);
    if (!MAY_GO_ON.includes(fault) && seen > 0) {
      assert.equal(seen, from, `after request ${from} ${fault}, others followed`);
    }
  }
}

/** Runs an action into a fault at each of its requests. Runs once, for all checks that examine the results. */
export function faultRuns(rig: Rig, action: Action, fault: Fault): Promise<readonly FaultRun[]> {
  const key = `${action.name}: ${fault}`;
  const runs = rig.faultRuns.get(key) ?? runAll(rig, action, fault);
  rig.faultRuns.set(key, runs);
  return runs;
}

async function runAll(rig: Rig, action: Action, fault: Fault): Promise<readonly FaultRun[]> {
  const isProbe = (PROBES as readonly string[]).includes(action.name);
  const runs: FaultRun[] = [];
  for (const from of await placesFor(rig, action, fault)) {
    const connection = await rig.connect({ fault, from, ...(isProbe ? {} : { clock: fastClock() }) });
    rig.output.take();
    const outcome = await runInto(rig, action, connection, fault, from);
    runs.push({
      from,
      outcome,
      seen: rig.proxy?.seen.length ?? 0,
      forgotten: rig.forgotten,
      printed: rig.output.take(),
    });
  }
  return runs;
}

/** Runs the action until it ends by itself or, if the vendor never answers, until its signal ends it. */
export function runInto(
  rig: Rig,
  action: Action,
  connection: Connection,
  fault: Fault,
  from: number,
): Promise<Outcome<unknown>> {
  const run = (signal: AbortSignal) => action.run(connection, signal);
  if (fault !== 'never answers') return settle(action.name, run);
  const controller = new AbortController();
  void whenHung(rig, from).then(() => controller.abort(overTime()));
  return settle(action.name, run, controller.signal);
}

/** The abort reason of a time limit. Any other reason means that the caller lost interest, not that the vendor is slow. */
export function overTime(): DOMException {
  return new DOMException('over time', 'TimeoutError');
}

/**
 * Waits until the request hangs, and then as long again. If resolving the secret took most of a probe's time, as on a busy
 * machine, the probe does not blame the vendor.
 */
async function whenHung(rig: Rig, from: number): Promise<void> {
  const began = performance.now();
  await rig.proxy?.whenSeen(from);
  await sleep(performance.now() - began + 5);
}

function assertError(what: string, outcome: Outcome<unknown>, fault: Fault): void {
  assert.ok(!outcome.ok, `${what}: succeeds although the vendor ${fault}`);
  const { error } = outcome;
  assert.ok(error instanceof ProviderError, `${what}: throws what is no ProviderError: ${stackOf(error)}`);
  const { codes, transient } = EXPECTATIONS[fault];
  assert.ok(codes.includes(error.code), `${what}: ${error.code} (${error.message}), not ${codes.join(' or ')}`);
  assert.equal(error.transient, transient, `${what}: ${error.code} is ${error.transient ? '' : 'not '}transient`);
  assert.notEqual(error.message, '', `${what}: has no message`);
}

function assertWait(rig: Rig, outcome: Outcome<unknown>, fault: Fault): void {
  if (outcome.ok || !(outcome.error instanceof ProviderError) || fault !== 'answers 429') return;
  const wait = outcome.error.retryAfterMs ?? 0;
  const asked = rig.proxy ? RETRY_AFTER_SECONDS * 1_000 : 1;
  assert.ok(wait >= asked, `retryAfterMs is ${wait}, the vendor asked for ${asked}`);
}

/**
 * A credential that is refused from the first request on must be forgotten. A later refusal may concern a token that was
 * issued for the credential. A registry is first called without the credential, so there any request may do.
 */
async function forgetsRefusedCredential(rig: Rig, action: Action): Promise<void> {
  if (rig.subject.credential === null || !rig.proxy) return;
  const runs = await faultRuns(rig, action, 'answers 401');
  const shown = rig.subject.createPlugin().type === 'registry' ? runs : runs.slice(0, 1);
  const isForgotten = shown.some(({ forgotten }) => forgotten > 0);
  assert.ok(isForgotten, `${action.name}: keeps a credential that the vendor refuses`);
}

async function sendsNothingWithoutSecret(rig: Rig, action: Action): Promise<void> {
  if (rig.subject.credential === null) return; // no credential to wait for
  const connection = await rig.connect({ credential: 'store_down' });
  const outcome = await settle(action.name, (signal) => action.run(connection, signal));
  assert.ok(!outcome.ok && outcome.error instanceof ProviderError, 'succeeds although the secret store is down');
  assert.equal(outcome.error.code, 'secret_unresolvable');
  assert.equal(outcome.error.transient, true, 'a secret store that is down is transient');
  assert.equal(rig.proxy?.seen.length ?? 0, 0, 'a request was sent');
}

function fastClock(): Clock {
  let now = Date.now();
  return { now: () => (now += CLOCK_STEP_MS) };
}
