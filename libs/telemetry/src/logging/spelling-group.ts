import type { Spelling } from './spellings';
import type { TextDigests } from './text-digests';

/** A spelling of a known value, stored as a digest: as text, each spelling would need the memory of the value again. */
export interface KnownSpelling extends Omit<Spelling, 'text'> {
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
export class SpellingGroup {
  /** By length and digest. Several spellings may be the same text, such as the first line of each PEM key. */
  readonly #byLength = new Map<number, Map<number, KnownSpelling | Set<KnownSpelling>>>();

  get isEmpty(): boolean {
    return this.#byLength.size === 0;
  }

  add(spelling: KnownSpelling): void {
    const { length, digest } = spelling;
    const byDigest = this.#byLength.get(length) ?? new Map<number, KnownSpelling | Set<KnownSpelling>>();
    this.#byLength.set(length, byDigest);
    const same = byDigest.get(digest);
    if (same instanceof Set) same.add(spelling);
    else byDigest.set(digest, same ? new Set([same, spelling]) : spelling);
  }

  delete(spelling: KnownSpelling): void {
    const { length, digest } = spelling;
    const byDigest = this.#byLength.get(length);
    const same = byDigest?.get(digest);
    if (same instanceof Set && same.size > 1) same.delete(spelling);
    else byDigest?.delete(digest);
    if (byDigest?.size === 0) this.#byLength.delete(length);
  }

  matchesAt(digests: TextDigests, at: number): KnownSpelling[] {
    const matches: KnownSpelling[] = [];
    for (const [length, byDigest] of this.#byLength) {
      const same = at + length <= digests.length ? byDigest.get(digests.of(at, at + length)) : undefined;
      if (same instanceof Set) for (const spelling of same) matches.push(spelling);
      else if (same) matches.push(same);
    }
    return matches;
  }
}
