import type { EntityManager } from 'typeorm';

/** An open transaction, to be handed to repository methods. Opaque outside this lib. */
export class Transaction {
  readonly #manager: EntityManager;
  readonly #last: (() => Promise<void>)[] = [];

  constructor(manager: EntityManager) {
    this.#manager = manager;
  }

  /** Runs the work, and what is to come last after it. */
  static async run<T>(manager: EntityManager, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tx = new Transaction(manager);
    const result = await work(tx);
    for (const step of tx.#last) await step();
    return result;
  }

  /** For what takes a lock that many wait for: done right before the commit, when no other lock can follow any more. */
  static doLast(tx: Transaction, step: () => Promise<void>): void {
    tx.#last.push(step);
  }

  static managerOf(tx: Transaction): EntityManager {
    return tx.#manager;
  }
}
