import { offAbort, onAbort, ProviderError } from '@integrations/provider-kit';
import { checkedAnswer, type Shape } from './answers';
import { asProviderError, type Guarded } from './as-provider-error';
import { scrubResult } from './scrub-result';

/** How long a plugin may take, after its signal aborts, to throw an error of its own. */
const GRACE_MS = 1_000;

/** Runs a plugin's code, turns what it throws into a ProviderError, and ends at most 1 s after the signal aborts. */
export function guarded<T>(plugin: Guarded, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  // Without AbortSignal.any: each abort would create an error with a stack, and this runs for every operation.
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = () =>
      reject(new ProviderError('timeout', `${plugin.provider}: the plugin kept running after its signal aborted`));
    const aborted = () => (timer = setTimeout(tooLate, GRACE_MS));
    const over = () => {
      clearTimeout(timer);
      offAbort(signal, aborted);
    };
    const succeed = (result: T) => {
      over();
      resolve(result);
    };
    const fail = (error: unknown) => {
      over();
      reject(asProviderError(error, plugin));
    };
    if (signal.aborted) aborted();
    else onAbort(signal, aborted);
    try {
      Promise.resolve(work()).then(succeed, fail);
    } catch (error) {
      fail(error);
    }
  });
}

/** As `guarded`, for a method that asks a service: also checks the answer's shape and removes secrets from it. */
export function asked<T>(
  plugin: Guarded,
  method: string,
  shape: Shape,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return guarded(plugin, signal, async () =>
    scrubResult(checkedAnswer(plugin, method, shape, await work()), plugin.scrub),
  );
}

/** As `guarded`, for synchronous code. */
export function guardedPure<T>(plugin: Guarded, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asProviderError(error, plugin);
  }
}
