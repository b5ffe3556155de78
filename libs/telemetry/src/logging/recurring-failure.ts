interface Log {
  warn(fields: object, message: string): void;
}

const TOLD_EVERY_MS = 60_000;

/** What fails again and again in an outage: told at once, and then once a minute, with how often it has failed since. */
export class RecurringFailure {
  #toldAt = -Infinity;
  #failures = 0;

  constructor(
    private readonly log: Log,
    private readonly message: string,
  ) {}

  failed(error: unknown): void {
    this.#failures += 1;
    const now = performance.now();
    if (now - this.#toldAt < TOLD_EVERY_MS) return;
    this.log.warn({ err: error, failures: this.#failures }, this.message);
    this.#toldAt = now;
    this.#failures = 0;
  }
}
