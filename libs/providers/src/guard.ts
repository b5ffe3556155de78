import { offAbort, onAbort, ProviderError } from '@integrations/provider-kit';
import { type Shape, sound } from './answers';
import { asProviderError, type Guarded } from './as-provider-error';
import { scrubResult } from './scrub-result';

/** How long after the abort of its signal a plugin may still find words of its own. */
const GRACE_MS = 1_000;

/** Runs a plugin's code: what it throws becomes a ProviderError, and it does not outlive its signal by more than 1 s. */
export function guarded<T>(plugin: Guarded, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  // By hand and without another controller: every abort makes an error with a stack, and this runs for each operation.
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = () =>
      reject(new ProviderError('timeout', `${plugin.provider}: the plugin went on after its signal had aborted`));
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

/** The same of what `method` asks a service: its answer has that shape, and tells no secret. */
export function asked<T>(
  plugin: Guarded,
  method: string,
  shape: Shape,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return guarded(plugin, signal, async () => scrubResult(sound(plugin, method, shape, await work()), plugin.scrub));
}

/** The same of what answers at once. */
export function guardedPure<T>(plugin: Guarded, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asProviderError(error, plugin);
  }
}
