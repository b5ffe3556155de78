import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryResult, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { type ConnectionOptions, openDataSource, openSession, poolOf, toDatabaseError } from './data-source';
import { Session } from './session';
import { TAKES_WRITES } from './sql';
import { type Scope, SYSTEM_ROLE } from './tenancy/roles';
import { sendOnPool, type Statement } from './tenancy/send';
import { Transaction } from './transaction';

export type DatabaseOptions = Pick<ConnectionOptions, 'url' | 'applicationName' | 'poolSize' | 'onError'>;

export interface PreparedStatement {
  /** Names the text: another text has another name. */
  readonly name: string;
  readonly text: string;
}

const READY_WITHIN_MS = 1_500;

/**
 * The connection pool. Repositories are made of it; `transaction` joins what several of them do. Each statement says whose
 * rows it may touch, and PostgreSQL holds it to that (row-level security); one that does not say sees none.
 */
export class Database {
  readonly #dataSource: DataSource;
  readonly #options: DatabaseOptions;

  /** For this lib: all others connect, or have the module give them one. */
  constructor(dataSource: DataSource, options: DatabaseOptions) {
    this.#dataSource = dataSource;
    this.#options = options;
  }

  /** Opens the first connection. Throws DatabaseError naming the server, without the password, if that fails. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    return new Database(await openDataSource(options), options);
  }

  /** Commits what `work` did when it resolves and rolls it back when it throws. Keep it short and free of other I/O. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#dataSource.transaction((manager) => Transaction.run(manager, work));
  }

  /** Whether PostgreSQL answers and, unlike a standby, takes writes; false rather than an error, and within two seconds. */
  isReady(): Promise<boolean> {
    const tooLate = sleep(READY_WITHIN_MS, false, { ref: false });
    return Promise.race([this.#takesWrites().catch(() => false), tooLate]);
  }

  async close(): Promise<void> {
    if (this.#dataSource.isInitialized) await this.#dataSource.destroy();
  }

  /** For the repositories of this lib: rows of that tenant and no others, in the transaction if there is one. */
  ofTenant(tenantId: string, tx?: Transaction): EntityManager {
    return this.#within({ tenantId }, tx);
  }

  /** For this lib, and only for what concerns all tenants by nature: the rows and columns that the system's role may. */
  ofAllTenants(tx?: Transaction): EntityManager {
    return this.#within('all_tenants', tx);
  }

  /** For this lib: one statement of a hot path, parsed and planned once for each connection. Throws DatabaseError. */
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

  /** For this lib: a connection of its own outside the pool, of all tenants. Whoever opened it ends it. */
  async openSession(): Promise<Session> {
    const startSession = `SET ROLE ${SYSTEM_ROLE}`;
    return new Session(await openSession({ ...this.#options, startSession, forWriting: true }));
  }

  async #takesWrites(): Promise<boolean> {
    const [answer] = await this.#dataSource.query<{ takesWrites: boolean }[]>(
      `SELECT ${TAKES_WRITES} AS "takesWrites"`,
    );
    return answer?.takesWrites ?? false;
  }

  /** A manager that borrows a connection for each statement, or takes that of the transaction. */
  #within(scope: Scope, tx?: Transaction): EntityManager {
    const send = async (statement: Statement): Promise<QueryResult> =>
      tx ? Transaction.send(tx, statement, scope) : sendOnPool(poolOf(this.#dataSource), statement, scope);
    const runner = this.#dataSource.createQueryRunner();
    const connect = async () => ({ query: (text: string, values?: unknown[]) => send({ text, values }) });
    runner.connect = connect; // in two steps, for the reason that `enterFirst` of tenancy/send.ts gives
    return this.#dataSource.createEntityManager(runner);
  }
}
