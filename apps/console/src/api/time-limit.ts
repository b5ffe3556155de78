import { tooLate } from './problem';

/** Longer than the API takes, be it for a test, which waits for the vendor, or for a replay. */
const LIMIT_MS = 30_000;

export interface Waiting {
  readonly method?: string;
  readonly signal?: AbortSignal;
  /** How long the answer may take, if not as long as usual. */
  readonly limitMs?: number;
}

/** Asks, and gives up once that takes too long, as it does when the signal says so. Throws ApiProblem for the former. */
export async function inTime<T>(waiting: Waiting, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { method = 'GET', signal, limitMs = LIMIT_MS } = waiting;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    return await ask(AbortSignal.any(signal ? [signal, limit.signal] : [limit.signal]));
  } catch (error) {
    throw limit.signal.aborted && !signal?.aborted ? tooLate(limitMs, method, error) : error;
  } finally {
    clearTimeout(timer);
  }
}
