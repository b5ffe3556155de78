import type { Spelling } from './spellings';
import type { TextDigests } from './text-digests';

/** A spelling of a known value, stored as a digest: as text, each spelling would need the memory of the value again. */
export interface Sought extends Omit<Spelling, 'text'> {
  /** The hash of the spelling's first window. */
  readonly head: number;
  readonly length: number;
  readonly digest: number;
  /** The tenants that have the value as a secret. */
  readonly owners: ReadonlySet<string | null>;
}

/**
 * Spellings that begin alike, such as JSON web tokens or PEM keys. For each length, one look-up finds the spelling at a
 * position. The look-up must be cheap, because a hostile text may repeat such a beginning thousands of times.
 */
export class Alike {
  /** By length and digest. Several spellings may be the same text, such as the first line of each PEM key. */
  readonly #byLength = new Map<number, Map<number, Sought | Set<Sought>>>();

  get isEmpty(): boolean {
    return this.#byLength.size === 0;
  }

  add(spelling: Sought): void {
    const { length, digest } = spelling;
    const byDigest = this.#byLength.get(length) ?? new Map<number, Sought | Set<Sought>>();
    this.#byLength.set(length, byDigest);
    const same = byDigest.get(digest);
    if (same instanceof Set) same.add(spelling);
    else byDigest.set(digest, same ? new Set([same, spelling]) : spelling);
  }

  delete(spelling: Sought): void {
    const { length, digest } = spelling;
    const byDigest = this.#byLength.get(length);
    const same = byDigest?.get(digest);
    if (same instanceof Set && same.size > 1) same.delete(spelling);
    else byDigest?.delete(digest);
    if (byDigest?.size === 0) this.#byLength.delete(length);
  }

  standingAt(digests: TextDigests, at: number): Sought[] {
    const standing: Sought[] = [];
    for (const [length, byDigest] of this.#byLength) {
      const same = at + length <= digests.length ? byDigest.get(digests.of(at, at + length)) : undefined;
      if (same instanceof Set) for (const spelling of same) standing.push(spelling);
      else if (same) standing.push(same);
    }
    return standing;
  }
}
