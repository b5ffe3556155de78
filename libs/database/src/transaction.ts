import type { ClientBase, QueryResult, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { isSameScope, type Scope } from './tenancy/roles';
import { send, type Statement } from './tenancy/send';

/** An open transaction, to be handed to repository methods. Opaque outside this lib. */
export class Transaction {
  readonly #manager: EntityManager;
  readonly #last: (() => Promise<void>)[] = [];
  #scope: Scope | null = null;

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

  /** Sends a statement, entering its scope first if the one before had another. */
  static async send<R extends QueryResultRow>(
    tx: Transaction,
    statement: Statement,
    scope: Scope,
  ): Promise<QueryResult<R>> {
    const client = (await tx.#manager.queryRunner?.connect()) as ClientBase;
    const isEntered = tx.#scope !== null && isSameScope(tx.#scope, scope);
    tx.#scope = scope;
    return send(client, statement, isEntered ? null : scope);
  }
}
