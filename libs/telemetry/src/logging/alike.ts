import type { Spelling } from './spellings';
import type { TextDigests } from './text-digests';

/** A spelling of a known value: by its digest, because as a text, each would take the memory of the value once more. */
export interface Sought extends Omit<Spelling, 'text'> {
  /** The hash of the window that it begins with. */
  readonly head: number;
  readonly length: number;
  readonly digest: number;
  /** The tenants whose secret its value is. */
  readonly owners: ReadonlySet<string | null>;
}

/**
 * Spellings that begin alike, as all JSON web tokens do and all keys in PEM. Of those of one length, one look tells which
 * stands there: whoever has a text scrubbed may have written such a beginning thousands of times.
 */
export class Alike {
  /** By length and digest. Several are the same text, as the first line of each key in PEM is. */
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
