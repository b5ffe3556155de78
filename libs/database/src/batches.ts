import { DatabaseError } from './errors';

export interface BatchLimits {
  /** Calls in one batch. */
  readonly most: number;
  /** Batches under way. */
  readonly atOnce: number;
}

interface Call<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** What PostgreSQL says of the data, of locks and of sizes: the transaction is undone, and another item's fault maybe. */
const FAULT_OF_ONE = /^(21|22|23|40|54|P0)/;

/**
 * Makes calls together that come while earlier ones are under way: the busier it is, the fewer round trips a call takes;
 * at rest each goes at once. A batch that PostgreSQL refuses is made again call by call, so that nobody fails for
 * somebody else's call.
 */
export class Batches<T, R> {
  readonly #waiting: Call<T, R>[] = [];
  #underWay = 0;
  #scheduled = false;

  constructor(
    /** Answers in the order of the items. */
    private readonly run: (items: readonly T[]) => Promise<readonly R[]>,
    private readonly limits: BatchLimits,
  ) {}

  add(item: T): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    this.#waiting.push({ item, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** Not before the end of this turn of the event loop: what arrived in one packet goes in one batch. */
  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#underWay >= this.limits.atOnce) return;
    this.#scheduled = true;
    const send = () => {
      this.#scheduled = false;
      void this.#send(this.#waiting.splice(0, this.limits.most));
      this.#schedule();
    };
    setImmediate(send);
  }

  async #send(calls: readonly Call<T, R>[]): Promise<void> {
    this.#underWay += 1;
    await this.#make(calls);
    this.#underWay -= 1;
    this.#schedule();
  }

  async #make(calls: readonly Call<T, R>[]): Promise<void> {
    try {
      const results = await this.run(calls.map(({ item }) => item));
      calls.forEach(({ resolve }, index) => resolve(results[index] as R));
    } catch (error) {
      if (calls.length > 1 && isFaultOfOne(error)) await Promise.all(calls.map((call) => this.#make([call])));
      else for (const { reject } of calls) reject(error);
    }
  }
}

/** Whether PostgreSQL refused a batch maybe for one item alone: each may be tried again by itself. */
export function isFaultOfOne(error: unknown): boolean {
  return error instanceof DatabaseError && FAULT_OF_ONE.test(error.code ?? '');
}
