/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The `cursor` of the next page; null on the last page. */
  readonly nextCursor: string | null;
}
