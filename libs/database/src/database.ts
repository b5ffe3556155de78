import type { Client, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import {
  type ConnectionOptions,
  createDataSource,
  describeConnectionFailure,
  openSession,
  poolOf,
  toDatabaseError,
} from './data-source';
import { DatabaseError } from './errors';
import { Transaction } from './transaction';

export type DatabaseOptions = Pick<ConnectionOptions, 'url' | 'applicationName' | 'poolSize' | 'onError'>;

export interface PreparedStatement {
  /** Names the text: another text has another name. */
  readonly name: string;
  readonly text: string;
}

const READY_WITHIN_MS = 1_500;

/** The connection pool. Repositories are made of it; `transaction` joins what several of them do. */
export class Database {
  /** As a readiness check calls it. */
  readonly name = 'postgres';
  readonly #dataSource: DataSource;
  readonly #options: DatabaseOptions;

  private constructor(dataSource: DataSource, options: DatabaseOptions) {
    this.#dataSource = dataSource;
    this.#options = options;
  }

  /** Opens the first connection. Throws DatabaseError naming the server, without the password, if that fails. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const dataSource = createDataSource(options);
    try {
      await dataSource.initialize();
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      throw new DatabaseError(
        describeConnectionFailure(options.url, error),
        typeof code === 'string' ? code : null,
        null,
      );
    }
    return new Database(dataSource, options);
  }

  /** Commits what `work` did when it resolves and rolls it back when it throws. Keep it short and free of other I/O. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#dataSource.transaction((manager) => Transaction.run(manager, work));
  }

  /** Whether PostgreSQL answers; false rather than an error, and within two seconds. */
  async isReady(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, READY_WITHIN_MS, false);
    });
    const answers = this.#dataSource.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answers, tooLate]).finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    if (this.#dataSource.isInitialized) await this.#dataSource.destroy();
  }

  /** For the repositories of this lib: the transaction's manager, or the pool's. */
  manager(tx?: Transaction): EntityManager {
    return tx ? Transaction.managerOf(tx) : this.#dataSource.manager;
  }

  /** For this lib: one statement of the hot path, parsed once for each connection. Throws DatabaseError. */
  async prepared<T extends QueryResultRow>(statement: PreparedStatement, values: readonly unknown[]): Promise<T[]> {
    try {
      return (await poolOf(this.#dataSource).query<T>({ ...statement, values: [...values] })).rows;
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /** For this lib: a connection of its own outside the pool. Whoever opened it ends it. */
  openSession(): Promise<Client> {
    return openSession(this.#options);
  }
}
