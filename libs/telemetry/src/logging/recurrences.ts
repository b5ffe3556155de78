const LOG_EVERY_MS = 60_000;
/** How many kinds are remembered. */
const MAX_KINDS = 100;

/** Limits the logging of recurring events, such as failures in an outage: at once, and then once a minute per kind. */
export class Recurrences {
  readonly #kinds = new Map<string, { loggedAt: number; unlogged: number }>();

  /** Counts an event. Returns how often its kind has occurred since it was last logged; 0 if it must not be logged now. */
  count(kind: string): number {
    const { loggedAt, unlogged } = this.#kinds.get(kind) ?? { loggedAt: -Infinity, unlogged: 0 };
    const now = performance.now();
    const isDue = now - loggedAt >= LOG_EVERY_MS;
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(kind, isDue ? { loggedAt: now, unlogged: 0 } : { loggedAt, unlogged: unlogged + 1 });
    return isDue ? unlogged + 1 : 0;
  }

  /** Forgets all kinds, so that the next event of each is logged at once. */
  clear(): void {
    this.#kinds.clear();
  }
}
