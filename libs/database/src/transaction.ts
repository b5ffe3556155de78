import type { ClientBase, QueryResult, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { isSameScope, type Scope } from './tenancy/roles';
import { send, type Statement } from './tenancy/send';

/** An open transaction to pass to repository methods. Opaque outside this lib. */
export class Transaction {
  readonly #manager: EntityManager;
  readonly #last: (() => Promise<void>)[] = [];
  #scope: Scope | null = null;

  constructor(manager: EntityManager) {
    this.#manager = manager;
  }

  /** Runs the work, then the steps that it registered with `doLast`. */
  static async run<T>(manager: EntityManager, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tx = new Transaction(manager);
    const result = await work(tx);
    for (const step of tx.#last) await step();
    return result;
  }

  /** Runs `step` right before the commit. For locks that many transactions contend for: no other lock is taken after them. */
  static doLast(tx: Transaction, step: () => Promise<void>): void {
    tx.#last.push(step);
  }

  /** Sends a statement, and first enters its scope if the previous statement had another. */
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
