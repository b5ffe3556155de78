import { type Call, request } from './call';
import { ApiProblem, unanswered } from './problem';
import { inTime } from './time-limit';

/**
 * The body of a response in chunks. The time limit applies to each chunk, not to the whole body. Leaving the loop early
 * aborts the request. Throws ApiProblem.
 */
export async function* chunksOf(url: string, call: Call): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { body } = await request(url, call);
  if (!body) return;
  // Not every browser supports iterating over a stream.
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await inTime(call, (signal) => orAborted(reader.read(), signal));
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw call.signal?.aborted || error instanceof ApiProblem ? error : unanswered(error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function orAborted<T>(read: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([read, aborted]);
}
