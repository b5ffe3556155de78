import { Recurrences } from './recurrences';

type Level = 'warn' | 'error';

type Log = Record<Level, (fields: object, message: string) => void>;

/**
 * Logs a failure that recurs in an outage, with the number of failures since the last line. Errors of another name or code
 * are counted separately, so that none hides behind an outage.
 */
export class RecurringFailure {
  readonly #kinds = new Recurrences();

  constructor(
    private readonly log: Log,
    private readonly message: string,
    private readonly level: Level = 'warn',
  ) {}

  failed(error: unknown, about: object = {}): void {
    const failures = this.#kinds.count(kindOf(error));
    if (failures > 0) this.log[this.level]({ err: error, failures, ...about }, this.message);
  }
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name;
}
