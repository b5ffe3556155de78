/** `unchanged`: the vendor's content already matched the request, so nothing was written. */
export type WriteOutcome = 'created' | 'updated' | 'unchanged';

/** A field that was cut to the vendor's limit. */
export interface Truncation {
  /** The field of the request. */
  readonly field: string;
  /** Size before. */
  readonly was: number;
  /** Size after. */
  readonly now: number;
  /** What the sizes count. */
  readonly unit: 'characters' | 'bytes' | 'items';
}
