import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { Client, type ClientBase, type Pool, types } from 'pg';
import {
  DataSource,
  QueryFailedError,
  type QueryRunner,
  QueryRunnerAlreadyReleasedError,
  type ReplicationMode,
  TypeORMError,
} from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { addressOf, verifyingUrl } from './connection-url';
import { DatabaseError, readOnlyServer } from './errors';
import { ENTITIES } from './entities';
import { MIGRATIONS } from './migrations';
import { SnakeNaming } from './naming';
import { PooledClient } from './pooled-client';
import { IS_WRITABLE } from './sql';
import { START_SESSION } from './tenancy/roles';

export interface ConnectionOptions {
  readonly url: string;
  /** Seen in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly poolSize?: number;
  /** Timeout of one statement, in milliseconds; 0 for none. */
  readonly statementTimeoutMs?: number;
  /** Called when an idle connection breaks. The pool opens new ones by itself. */
  readonly onError?: (error: Error) => void;
  /** SQL for each new connection, before anything else. */
  readonly startSession?: string;
  /**
   * Rejects connections to a server that accepts no writes. The pool would otherwise keep using such a connection even
   * after the address leads to the new primary.
   */
  readonly forWriting?: boolean;
}

const INT8 = 20;
export const CONNECT_TIMEOUT_MS = 5_000;
/** A new connection has to compile and plan everything it runs, which would delay the first statements of a burst. */
const IDLE_TIMEOUT_MS = 15 * 60_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 10_000;
/** Settings that our statements and pg rely on, and that a login, a database or a server may have changed. */
const EXPECTED_SETTINGS = `SET default_transaction_isolation = 'read committed'; SET datestyle = ISO;
  SET standard_conforming_strings = on; SET row_security = on; SET idle_session_timeout = 0;`;
/** SQLSTATEs of SET ROLE with a role that the login is not granted, and with one that does not exist. */
const ROLE_REFUSED: ReadonlySet<unknown> = new Set(['42501', '22023']);
/** Node's error codes for certificates from an unknown CA. */
const UNTRUSTED = /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+)$/;
/** Exceeds the statement timeout and the idle-in-transaction timeout: a live server has sent something by then. */
const SOCKET_TIMEOUT_MS = 15_000;
/** A machine that vanishes must not keep its locks for the two hours that TCP waits by default. */
const TCP_KEEPALIVE = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;';

const CLIENT_SETTINGS = {
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  idleTimeoutMillis: IDLE_TIMEOUT_MS,
  // Our bigints are counters and revisions below 2^53: numbers, not strings.
  types: {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
  },
};

/** TypeORM over pg. Every failed statement or connection is thrown as a DatabaseError. */
class PlainErrorDataSource extends DataSource {
  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const send: QueryRunner['query'] = runner.query.bind(runner);
    const query = async (sql: string, parameters?: unknown[], structured?: boolean) => {
      try {
        return await (structured === true ? send(sql, parameters, true) : send(sql, parameters));
      } catch (error) {
        throw openPool(this) || error instanceof QueryFailedError ? asDatabaseError(error) : poolClosed();
      }
    };
    runner.query = query as QueryRunner['query']; // in two steps: see `enterFirst` in tenancy/send.ts
    return runner;
  }
}

export function createDataSource(options: ConnectionOptions): DataSource {
  return new PlainErrorDataSource({
    type: 'postgres',
    url: verifyingUrl(options.url),
    applicationName: options.applicationName,
    poolSize: options.poolSize ?? 10,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // A connection keeps the async context of the request that opened it. Unbound, a later failure would be logged with
    // that request's id.
    poolErrorHandler: AsyncLocalStorage.bind(options.onError ?? (() => undefined)),
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migration',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    installExtensions: false,
    logging: false,
    extra: {
      ...CLIENT_SETTINGS,
      Client: PooledClient,
      onConnect: (client: ClientBase) => startSession(client, options),
    },
  });
}

/** Opens an app's pool with its first connection. Throws DatabaseError naming the server, without the password. */
export async function openDataSource(options: Omit<ConnectionOptions, 'startSession'>): Promise<DataSource> {
  const dataSource = createDataSource({ ...options, startSession: START_SESSION });
  try {
    await dataSource.initialize();
    destroySilentConnections(poolOf(dataSource));
    return dataSource;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const message = describeConnectionFailure(options.url, error);
    throw new DatabaseError(message, typeof code === 'string' ? code : null, null);
  }
}

/** The pool beneath TypeORM, for statements where TypeORM's overhead matters. Throws DatabaseError once it is closing. */
export function poolOf(dataSource: DataSource): Pool {
  const pool = openPool(dataSource);
  if (pool) return pool;
  throw poolClosed();
}

/** Opens a connection outside the pool, for session-bound state such as an advisory lock. */
export async function openSession(options: ConnectionOptions): Promise<Client> {
  const client = new Client({
    connectionString: verifyingUrl(options.url),
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...CLIENT_SETTINGS,
  });
  client.on('error', (error) => options.onError?.(error));
  await client.connect();
  const session = { ...options, startSession: `${TCP_KEEPALIVE} ${options.startSession ?? ''}` };
  await startSession(client, session).catch(async (error: unknown) => {
    await client.end();
    throw error;
  });
  return client;
}

/** A sentence that names the server and the cause, but neither user nor password. */
export function describeConnectionFailure(url: string, error: unknown): string {
  const untrusted = UNTRUSTED.test(String((error as { code?: unknown }).code));
  const remedy = untrusted ? '; name its CA with sslrootcert in the URL' : '';
  return `cannot connect to PostgreSQL at ${addressOf(url)}: ${reasonOf(error)}${remedy}`;
}

/**
 * A frozen server, or one behind a network that drops every packet, neither applies its own timeouts nor closes its
 * connections. This destroys a connection in use that stays silent, as if the server had closed it.
 */
function destroySilentConnections(pool: Pool): void {
  const broken = () => new Error('PostgreSQL did not answer in time; the connection is closed');
  pool.on('acquire', (client) => {
    const socket = socketOf(client);
    if (socket.listenerCount('timeout') === 0) socket.on('timeout', () => socket.destroy(broken()));
    socket.setTimeout(SOCKET_TIMEOUT_MS);
  });
  pool.on('release', (_error, client) => socketOf(client).setTimeout(0));
}

function socketOf(client: ClientBase): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

/** Applies settings as SQL. As startup parameters, where others put them, poolers reject the ones they do not know. */
async function startSession(client: ClientBase, options: ConnectionOptions): Promise<void> {
  const limits = `SET statement_timeout = ${options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS};
    SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};`;
  await client.query(`${EXPECTED_SETTINGS} ${limits} ${options.startSession ?? ''}`).catch((cause: unknown) => {
    if (!ROLE_REFUSED.has((cause as { code?: unknown }).code)) throw cause; // not about the login's roles
    throw new Error(`this login cannot use the roles of the apps: ${reasonOf(cause)}`, { cause });
  });
  if (!options.forWriting) return;
  const { rows } = await client.query<{ isWritable: boolean }>(`SELECT ${IS_WRITABLE} AS "isWritable"`);
  if (!rows[0]?.isWritable) throw readOnlyServer();
}

/** Keeps message, SQLSTATE and constraint of an error that pg threw, and drops the statement. */
export function toDatabaseError(error: unknown): DatabaseError {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return new DatabaseError(reasonOf(error), code ?? null, constraint ?? null);
}

/** Null once the pool is closing: statements in flight still finish, and no new one may start. */
function openPool({ driver }: DataSource): Pool | null {
  const pool = (driver as PostgresDriver).master as Pool | undefined;
  return pool && !pool.ending ? pool : null;
}

function poolClosed(): DatabaseError {
  return new DatabaseError('the connection to PostgreSQL is closed: the app is shutting down', null, null);
}

function asDatabaseError(error: unknown): unknown {
  if (error instanceof QueryFailedError) return toDatabaseError(error.driverError);
  // When a connection breaks between two statements of a transaction, TypeORM releases it and fails the second with this.
  if (error instanceof QueryRunnerAlreadyReleasedError) return new DatabaseError('the connection broke', null, null);
  return error instanceof TypeORMError ? error : toDatabaseError(error); // a connection error
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
