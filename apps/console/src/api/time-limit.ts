import { tooLate } from './problem';

/** Longer than the API takes, even for a replay. */
const LIMIT_MS = 30_000;
/** For requests that wait for a vendor: longer than the API takes with the largest `TEST_TIMEOUT_MS`, 60 s. */
export const VENDOR_LIMIT_MS = 70_000;

export interface Waiting {
  readonly method?: string;
  readonly signal?: AbortSignal;
  /** Time limit for the response. Defaults to LIMIT_MS. */
  readonly limitMs?: number;
}

/** Runs `ask` and aborts it at the time limit or by the signal. Throws ApiProblem at the time limit. */
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
