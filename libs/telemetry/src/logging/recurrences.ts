const TOLD_EVERY_MS = 60_000;
/** Of as many it is remembered that they were told. */
const MAX_KINDS = 100;

/** What comes again and again, as in an outage, is told at once and then once a minute. */
export class Recurrences {
  readonly #kinds = new Map<string, { toldAt: number; untold: number }>();

  /** How often that kind has come since it was told last; 0: it is not to be told now. */
  count(kind: string): number {
    const { toldAt, untold } = this.#kinds.get(kind) ?? { toldAt: -Infinity, untold: 0 };
    const now = performance.now();
    const isTold = now - toldAt >= TOLD_EVERY_MS;
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(kind, isTold ? { toldAt: now, untold: 0 } : { toldAt, untold: untold + 1 });
    return isTold ? untold + 1 : 0;
  }

  /** What comes from now on is new. */
  clear(): void {
    this.#kinds.clear();
  }
}
