import type { ErrorCode } from '@integrations/contracts';

/** Why a message went to the dead letters: refused, failed too often, or never settled. A label of the metrics. */
export type DeadLetterCode = ErrorCode | 'given_up' | 'no_outcome';

/** The outcome of a message: handled, to be delivered again later, or never to be delivered again. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'drop'; readonly reason: string; readonly code: DeadLetterCode };

export function done(): Outcome {
  return { kind: 'done' };
}

/** The retry counts as a delivery; a message that was delivered `maxDeliver` times goes to the dead letters. */
export function retry(afterMs: number): Outcome {
  return { kind: 'retry', afterMs };
}

/** The message goes to the dead letters with this reason, which must hold no secret. */
export function drop(reason: string, code: DeadLetterCode = 'invalid_request'): Outcome {
  return { kind: 'drop', reason, code };
}

const BASE_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 300_000;

/** Backoff after the n-th failed delivery, in milliseconds: doubles from 1 s to 5 min, with the upper half random. */
export function backoffMs(deliveries: number): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, BASE_BACKOFF_MS * 2 ** Math.min(deliveries - 1, 20));
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2);
}
