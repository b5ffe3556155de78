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
import { DatabaseError, takesNoWrites } from './errors';
import { ENTITIES } from './entities';
import { MIGRATIONS } from './migrations';
import { SnakeNaming } from './naming';
import { PooledClient } from './pooled-client';
import { TAKES_WRITES } from './sql';
import { START_SESSION } from './tenancy/roles';

export interface ConnectionOptions {
  readonly url: string;
  /** Seen in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly poolSize?: number;
  /** Milliseconds that one statement may take; 0 for as long as it likes. */
  readonly statementTimeoutMs?: number;
  /** Told of connections that broke while nobody used them. The pool opens new ones by itself. */
  readonly onError?: (error: Error) => void;
  /** SQL for each new connection, before anything else. */
  readonly startSession?: string;
  /** No connection is kept with a server that takes no writes: it would be used on, wherever the address leads by then. */
  readonly forWriting?: boolean;
}

const INT8 = 20;
export const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that is new compiles and plans all it runs: the first statements of a burst would wait for that. */
const KEPT_IDLE_MS = 15 * 60_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 10_000;
/** What our statements and pg take for granted, and a login, a database or a server may have set otherwise. */
const AS_ASSUMED = `SET default_transaction_isolation = 'read committed'; SET datestyle = ISO;
  SET standard_conforming_strings = on; SET row_security = on; SET idle_session_timeout = 0;`;
/** SQLSTATEs of a role that the login is not granted, and of one that does not exist. */
const MAY_NOT: ReadonlySet<unknown> = new Set(['42501', '22023']);
/** Node's codes of certificates whose CA it does not know. */
const UNTRUSTED = /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+)$/;
/** A server that lives has ended a statement by then, and a transaction that is idle. */
const SILENT_MS = 15_000;
/** A machine that vanishes must not keep its locks for the two hours that TCP waits by default. */
const NOTICE_DEATH = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;';

const CLIENT_SETTINGS = {
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  idleTimeoutMillis: KEPT_IDLE_MS,
  // Our bigints are counters and revisions below 2^53: numbers, not strings.
  types: {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
  },
};

/** TypeORM over pg. Every failed statement or connection arrives as a DatabaseError, whoever asked for it. */
class PlainErrorDataSource extends DataSource {
  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const send: QueryRunner['query'] = runner.query.bind(runner);
    const query = async (sql: string, parameters?: unknown[], structured?: boolean) => {
      try {
        return await (structured === true ? send(sql, parameters, true) : send(sql, parameters));
      } catch (error) {
        throw openPool(this) || error instanceof QueryFailedError ? asDatabaseError(error) : closed();
      }
    };
    runner.query = query as QueryRunner['query']; // in two steps, for the reason that `enterFirst` of tenancy/send.ts gives
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
    // A connection belongs to whatever request opened it, as far as Node knows: its id would be logged with what breaks later.
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

/** For an app, with its first connection. Throws DatabaseError naming the server, without the password, if that fails. */
export async function openDataSource(options: Omit<ConnectionOptions, 'startSession'>): Promise<DataSource> {
  const dataSource = createDataSource({ ...options, startSession: START_SESSION });
  try {
    await dataSource.initialize();
    breakSilence(poolOf(dataSource));
    return dataSource;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const message = describeConnectionFailure(options.url, error);
    throw new DatabaseError(message, typeof code === 'string' ? code : null, null);
  }
}

/** The pool beneath TypeORM, for statements on which its overhead would tell. Throws DatabaseError once it closes. */
export function poolOf(dataSource: DataSource): Pool {
  const pool = openPool(dataSource);
  if (pool) return pool;
  throw closed();
}

/** A connection of its own outside the pool, for what is bound to a session, such as an advisory lock. */
export async function openSession(options: ConnectionOptions): Promise<Client> {
  const client = new Client({
    connectionString: verifyingUrl(options.url),
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...CLIENT_SETTINGS,
  });
  client.on('error', (error) => options.onError?.(error));
  await client.connect();
  const session = { ...options, startSession: `${NOTICE_DEATH} ${options.startSession ?? ''}` };
  await startSession(client, session).catch(async (error: unknown) => {
    await client.end();
    throw error;
  });
  return client;
}

/** A sentence that names the server and what went wrong, and neither user nor password. */
export function describeConnectionFailure(url: string, error: unknown): string {
  const untrusted = UNTRUSTED.test(String((error as { code?: unknown }).code));
  const remedy = untrusted ? '; name its CA by sslrootcert in the URL' : '';
  return `cannot connect to PostgreSQL at ${addressOf(url)}: ${reasonOf(error)}${remedy}`;
}

/**
 * A server that is frozen, or behind a network that drops all, ends no statement by any limit of its own, and breaks no
 * connection: those that are in use break here, as if it had.
 */
function breakSilence(pool: Pool): void {
  const broken = () => new Error('PostgreSQL was silent for too long; the connection is broken off');
  pool.on('acquire', (client) => {
    const socket = socketOf(client);
    if (socket.listenerCount('timeout') === 0) socket.on('timeout', () => socket.destroy(broken()));
    socket.setTimeout(SILENT_MS);
  });
  pool.on('release', (_error, client) => socketOf(client).setTimeout(0));
}

function socketOf(client: ClientBase): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

/** Sets what others put into the packet that opens a connection, where poolers refuse all but what they know. */
async function startSession(client: ClientBase, options: ConnectionOptions): Promise<void> {
  const limits = `SET statement_timeout = ${options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS};
    SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};`;
  await client.query(`${AS_ASSUMED} ${limits} ${options.startSession ?? ''}`).catch((cause: unknown) => {
    if (!MAY_NOT.has((cause as { code?: unknown }).code)) throw cause; // it says nothing of the login
    throw new Error(`this login cannot take the roles of the apps: ${reasonOf(cause)}`, { cause });
  });
  if (!options.forWriting) return;
  const { rows } = await client.query<{ takesWrites: boolean }>(`SELECT ${TAKES_WRITES} AS "takesWrites"`);
  if (!rows[0]?.takesWrites) throw takesNoWrites();
}

/** Of what pg throws: SQLSTATE and constraint, and not the statement. */
export function toDatabaseError(error: unknown): DatabaseError {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return new DatabaseError(reasonOf(error), code ?? null, constraint ?? null);
}

/** Null as soon as it closes: what is under way is waited for, and nothing more is begun. */
function openPool({ driver }: DataSource): Pool | null {
  const pool = (driver as PostgresDriver).master as Pool | undefined;
  return pool && !pool.ending ? pool : null;
}

function closed(): DatabaseError {
  return new DatabaseError('the connection to PostgreSQL is closed: the app is shutting down', null, null);
}

function asDatabaseError(error: unknown): unknown {
  if (error instanceof QueryFailedError) return toDatabaseError(error.driverError);
  // TypeORM lets go of a connection that breaks between two statements of a transaction, and blames whoever goes on.
  if (error instanceof QueryRunnerAlreadyReleasedError) return new DatabaseError('the connection broke', null, null);
  return error instanceof TypeORMError ? error : toDatabaseError(error); // of the connection
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
