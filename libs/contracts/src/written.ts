/** `unchanged`: the vendor's content already matched the request, so nothing was written. */
export type WriteOutcome = 'created' | 'updated' | 'unchanged';

/** A field that was cut to the vendor's limit. `was` and `now` are its sizes in `unit`. */
export interface Truncation {
  readonly field: string;
  readonly was: number;
  readonly now: number;
  readonly unit: 'characters' | 'bytes' | 'items';
}
