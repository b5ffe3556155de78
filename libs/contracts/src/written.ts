/** `unchanged`: what the vendor has is already what was asked for, so nothing was written. */
export type WriteOutcome = 'created' | 'updated' | 'unchanged';

/** A field that was cut to the vendor's limit; `was` and `now` are in `unit`. */
export interface Truncation {
  readonly field: string;
  readonly was: number;
  readonly now: number;
  readonly unit: 'characters' | 'bytes' | 'items';
}
