interface Log {
  warn(fields: object, message: string): void;
}

const TOLD_EVERY_MS = 60_000;

/**
 * What fails again and again in an outage: told at once, and then once a minute, with how often it has failed since. Errors
 * of another name or code are told by themselves, so that none hides behind an outage.
 */
export class RecurringFailure {
  readonly #kinds = new Map<string, { toldAt: number; failures: number }>();

  constructor(
    private readonly log: Log,
    private readonly message: string,
  ) {}

  failed(error: unknown): void {
    const kind = kindOf(error);
    const { toldAt, failures } = this.#kinds.get(kind) ?? { toldAt: -Infinity, failures: 0 };
    const now = performance.now();
    const isTold = now - toldAt >= TOLD_EVERY_MS;
    if (isTold) this.log.warn({ err: error, failures: failures + 1 }, this.message);
    this.#kinds.set(kind, isTold ? { toldAt: now, failures: 0 } : { toldAt, failures: failures + 1 });
  }
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name;
}
