import type { EntityManager } from 'typeorm';

/** An open transaction, to be handed to repository methods. Opaque outside this lib. */
export class Transaction {
  readonly #manager: EntityManager;

  constructor(manager: EntityManager) {
    this.#manager = manager;
  }

  static managerOf(tx: Transaction): EntityManager {
    return tx.#manager;
  }
}
