import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How work ended: with a value or with an error. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Longer than any correct call takes here, even on a busy machine. */
export const PATIENCE_MS = 60_000;
const GRACE_MS = 1_000;

/** Waits for the work to end, but not for ever: work that outlives its signal fails the check. */
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

/** The error, with the stack of its root cause only: Jest shows the first code location in a message. */
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
