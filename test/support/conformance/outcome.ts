import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How something ended: with a value or with what was thrown. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Longer than any honest call takes here, also while the machine is busy with something else. */
export const PATIENCE_MS = 60_000;
const GRACE_MS = 1_000;

/** Waits for the end, but not for ever: work that outlives its signal fails the check. */
export async function settle<T>(
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS),
): Promise<Outcome<T>> {
  const done = new AbortController();
  try {
    return await Promise.race([outcomeOf(work, signal), overdue(what, signal, done.signal)]);
  } finally {
    done.abort();
  }
}

/** The value, or an assertion that says what failed. */
export async function succeed<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const outcome = await settle(what, work);
  if (!outcome.ok) assert.fail(`${what} failed: ${stackOf(outcome.error)}`);
  return outcome.value;
}

/** With where it was thrown or, if it came of another, where that was: Jest shows the first place in a message. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  if (error.cause === undefined) return error.stack ?? String(error);
  return `${String(error)}, because of ${stackOf(error.cause)}`;
}

async function outcomeOf<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work(signal) };
  } catch (error) {
    return { ok: false, error };
  }
}

async function overdue(what: string, signal: AbortSignal, done: AbortSignal): Promise<never> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await sleep(GRACE_MS, undefined, { signal: done });
  assert.fail(`${what} did not end within ${GRACE_MS} ms of its signal's abort`);
}
