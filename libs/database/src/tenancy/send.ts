import { type ClientBase, type Connection, type Pool, Query, type QueryResult, type QueryResultRow } from 'pg';
import { entranceTo, type Scope } from './roles';

export interface Statement {
  /** Names the text for the connection, which parses it once; absent, it is parsed each time. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[] | undefined;
}

type Results = QueryResult | readonly QueryResult[];

/**
 * Sends a statement, and the entrance to its scope right before it. PostgreSQL takes all that comes before a Sync as one
 * transaction, so that neither costs a round trip and the scope ends with the statement, unless a transaction is open.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export function send<R extends QueryResultRow>(
  client: ClientBase,
  { name, text, values = [] }: Statement,
  scope: Scope | null,
): Promise<QueryResult<R>> {
  const { promise, resolve, reject } = Promise.withResolvers<QueryResult<R>>();
  // Without "extended", a statement without values would be sent by the simple protocol, which has its own transaction.
  const config = { ...(name === undefined ? {} : { name }), text, values: [...values], queryMode: 'extended' };
  const query = new Query<R>(config, (error, results: Results) => {
    if (error) reject(error);
    else resolve(lastOf(results) as QueryResult<R>);
  });
  if (scope) enterFirst(query, scope);
  client.query(query);
  return promise;
}

/** On a connection of the pool, for this statement alone. */
export async function sendOnPool<R extends QueryResultRow>(
  pool: Pool,
  statement: Statement,
  scope: Scope,
): Promise<QueryResult<R>> {
  const client = await pool.connect();
  client.on('error', ignore);
  try {
    return await send<R>(client, statement, scope);
  } finally {
    client.off('error', ignore);
    client.release();
  }
}

/** A connection that breaks fails its statement; the event would end the process, if nobody listened to it. */
function ignore(): void {}

/** The query binds its values when everything that could be wrong with it is ruled out: the entrance goes before that. */
function enterFirst(query: Query, scope: Scope): void {
  const { name: statement, values } = entranceTo(scope);
  const submit = query.submit.bind(query);
  const enterAndSubmit = (connection: Connection) => {
    const bind: Connection['bind'] = (config, more) => {
      connection.bind({ statement, values: [...values] }, true);
      connection.execute({}, true);
      connection.bind(config, more);
    };
    return submit(Object.assign(Object.create(connection) as Connection, { bind }));
  };
  // In two steps: V8 puts a function literal that is assigned to a property among its old objects at once, and with it all
  // rows of the query.
  query.submit = enterAndSubmit;
}

function lastOf(results: Results): QueryResult | undefined {
  return 'rows' in results ? results : results.at(-1);
}
