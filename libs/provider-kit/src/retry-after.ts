const MAX_WAIT_MS = 60 * 60_000;
const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CAP_MS = 5 * 60_000;

/**
 * How long a vendor asks us to wait: milliseconds between 0 and one hour, or undefined if it does not say.
 * `Retry-After`, in seconds or as an HTTP date, comes first; then Docker Hub's `x-retry-after` (epoch seconds); then
 * `x-ratelimit-reset` (epoch seconds, plus one second for rounding), unless `x-ratelimit-remaining` says that some
 * calls remain. Only for responses that mean "rate limited" or "unavailable". `headers` must have lower-case names;
 * `now` is in milliseconds since the epoch.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  // The vendor gives points in time by its own clock, so measure them from its `Date` header if there is one.
  const serverNow = httpDate(headers['date']) ?? now;
  const asked = headers['retry-after']?.trim();
  const seconds = decimal(asked);
  if (seconds !== undefined) return bounded(seconds * 1_000);
  const date = httpDate(asked);
  if (date !== undefined) return bounded(date - serverNow);
  const time = decimal(headers['x-retry-after']?.trim());
  if (time !== undefined) return bounded(time * 1_000 - serverNow);

  const remaining = headers['x-ratelimit-remaining']?.trim();
  const reset = decimal(headers['x-ratelimit-reset']?.trim());
  if (reset === undefined || (remaining !== undefined && remaining !== '0')) return undefined;
  return bounded((reset + 1) * 1_000 - serverNow);
}

/** The `Retry-After` of a 5xx response; undefined for others. Rate-limit headers say nothing about an outage. */
export function outageWaitMs(
  { status, headers }: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  now: number,
): number | undefined {
  return status >= 500 && headers['retry-after'] ? retryAfterMs(headers, now) : undefined;
}

/**
 * Milliseconds to wait after the failed attempt number `attempt`, counted from 1. Exponential backoff with full jitter:
 * spread evenly between 0 and the cap of that attempt, so that many waiters do not return together. `random` returns
 * numbers in [0, 1).
 */
export function backoffMs(attempt: number, random: () => number): number {
  const cap = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.max(0, attempt - 1));
  return Math.floor(random() * cap);
}

function bounded(ms: number): number {
  return Math.min(MAX_WAIT_MS, Math.max(0, Math.ceil(ms)));
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** `Date.parse` alone accepts almost anything as a date, even "-5". */
function httpDate(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2,8}, .*GMT$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
