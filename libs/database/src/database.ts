import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryResult, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { type ConnectionOptions, openDataSource, openSession, poolOf, toDatabaseError } from './data-source';
import { Session } from './session';
import { IS_WRITABLE } from './sql';
import { type Scope, SYSTEM_ROLE } from './tenancy/roles';
import { sendOnPool, type Statement } from './tenancy/send';
import { Transaction } from './transaction';

export type DatabaseOptions = Pick<ConnectionOptions, 'url' | 'applicationName' | 'poolSize' | 'onError'>;

export interface PreparedStatement {
  /** Unique to this text: pg prepares a text under its name once per connection. */
  readonly name: string;
  readonly text: string;
}

const READY_WITHIN_MS = 1_500;

/**
 * The connection pool that all repositories share; `transaction` combines the work of several. Each statement runs in a
 * scope, one tenant or all tenants, which PostgreSQL enforces by row-level security. A statement without a scope sees no
 * rows.
 */
export class Database {
  readonly #dataSource: DataSource;
  readonly #options: DatabaseOptions;

  /** Only for this lib: other code calls `connect` or injects the module's instance. */
  constructor(dataSource: DataSource, options: DatabaseOptions) {
    this.#dataSource = dataSource;
    this.#options = options;
  }

  /** Opens the first connection. Throws DatabaseError naming the server, without the password. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    return new Database(await openDataSource(options), options);
  }

  /** Commits when `work` resolves and rolls back when it throws. Keep `work` short and free of other I/O. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#dataSource.transaction((manager) => Transaction.run(manager, work));
  }

  /** True if PostgreSQL answers and, unlike a standby, accepts writes. Never rejects, and resolves within two seconds. */
  isReady(): Promise<boolean> {
    const tooLate = sleep(READY_WITHIN_MS, false, { ref: false });
    return Promise.race([this.#isWritable().catch(() => false), tooLate]);
  }

  async close(): Promise<void> {
    if (this.#dataSource.isInitialized) await this.#dataSource.destroy();
  }

  /** For the repositories of this lib: sees only this tenant's rows. Joins the transaction if one is given. */
  ofTenant(tenantId: string, tx?: Transaction): EntityManager {
    return this.#within({ tenantId }, tx);
  }

  /** Only for this lib and for work that spans tenants by nature. Sees the rows and columns granted to the system role. */
  ofAllTenants(tx?: Transaction): EntityManager {
    return this.#within('all_tenants', tx);
  }

  /** Only for this lib: runs a hot-path statement, prepared once per connection. Throws DatabaseError. */
  async prepared<T extends QueryResultRow>(
    statement: PreparedStatement,
    values: readonly unknown[],
    scope: Scope,
    tx?: Transaction,
  ): Promise<T[]> {
    const bound = { ...statement, values };
    try {
      if (tx) return (await Transaction.send<T>(tx, bound, scope)).rows;
      return (await sendOnPool<T>(poolOf(this.#dataSource), bound, scope)).rows;
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /** Only for this lib: opens a connection outside the pool, scoped to all tenants. The caller ends it. */
  async openSession(): Promise<Session> {
    const startSession = `SET ROLE ${SYSTEM_ROLE}`;
    return new Session(await openSession({ ...this.#options, startSession, forWriting: true }));
  }

  async #isWritable(): Promise<boolean> {
    const [answer] = await this.#dataSource.query<{ isWritable: boolean }[]>(`SELECT ${IS_WRITABLE} AS "isWritable"`);
    return answer?.isWritable ?? false;
  }

  /** A manager that takes a pooled connection for each statement, or uses the transaction's connection. */
  #within(scope: Scope, tx?: Transaction): EntityManager {
    const send = async (statement: Statement): Promise<QueryResult> =>
      tx ? Transaction.send(tx, statement, scope) : sendOnPool(poolOf(this.#dataSource), statement, scope);
    const runner = this.#dataSource.createQueryRunner();
    const connect = async () => ({ query: (text: string, values?: unknown[]) => send({ text, values }) });
    runner.connect = connect; // in two steps: see `enterFirst` in tenancy/send.ts
    return this.#dataSource.createEntityManager(runner);
  }
}
