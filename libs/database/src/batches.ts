import { DatabaseError } from './errors';

export interface BatchLimits {
  /** Maximum number of calls in one batch. */
  readonly maxSize: number;
  /** Maximum number of batches in flight. */
  readonly maxInFlight: number;
}

interface Call<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * SQLSTATE classes of bad data, constraints, lock conflicts, exceeded limits and errors raised by our functions. PostgreSQL
 * rolled the batch back, perhaps because of a single item.
 */
const ITEM_ERRORS = /^(21|22|23|40|54|P0)/;

/**
 * Batches the calls that arrive while earlier ones are in flight: the higher the load, the fewer round trips per call. An
 * idle instance sends each call at once. When PostgreSQL rejects a batch, its calls are retried one by one, so that no
 * caller fails because of another caller's item.
 */
export class Batches<T, R> {
  readonly #waiting: Call<T, R>[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(
    /** Must return the results in the order of the items. */
    private readonly run: (items: readonly T[]) => Promise<readonly R[]>,
    private readonly limits: BatchLimits,
  ) {}

  add(item: T): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    this.#waiting.push({ item, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** Sends at the end of this turn of the event loop, so that calls that arrived in one packet share a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#inFlight >= this.limits.maxInFlight) return;
    this.#scheduled = true;
    const send = () => {
      this.#scheduled = false;
      void this.#send(this.#waiting.splice(0, this.limits.maxSize));
      this.#schedule();
    };
    setImmediate(send);
  }

  async #send(calls: readonly Call<T, R>[]): Promise<void> {
    this.#inFlight += 1;
    await this.#execute(calls);
    this.#inFlight -= 1;
    this.#schedule();
  }

  async #execute(calls: readonly Call<T, R>[]): Promise<void> {
    try {
      const results = await this.run(calls.map(({ item }) => item));
      calls.forEach(({ resolve }, index) => resolve(results[index] as R));
    } catch (error) {
      if (calls.length > 1 && isItemError(error)) await Promise.all(calls.map((call) => this.#execute([call])));
      else for (const { reject } of calls) reject(error);
    }
  }
}

/** True if PostgreSQL may have rejected a batch because of a single item, so that each item is worth its own retry. */
export function isItemError(error: unknown): boolean {
  return error instanceof DatabaseError && ITEM_ERRORS.test(error.code ?? '');
}
