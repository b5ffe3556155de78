import { type ClientBase, type Connection, type Pool, Query, type QueryResult, type QueryResultRow } from 'pg';
import { scopeStatement, type Scope } from './roles';

export interface Statement {
  /** With a name, the text is parsed once per connection; without one, each time. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[] | undefined;
}

type Results = QueryResult | readonly QueryResult[];

/**
 * Sends a statement, preceded by the entrance to its scope. PostgreSQL treats everything before a Sync message as one
 * transaction: the entrance costs no extra round trip, and the scope ends with the statement unless a transaction is open.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export function send<R extends QueryResultRow>(
  client: ClientBase,
  { name, text, values = [] }: Statement,
  scope: Scope | null,
): Promise<QueryResult<R>> {
  const { promise, resolve, reject } = Promise.withResolvers<QueryResult<R>>();
  // Without "extended", pg would send a statement without values by the simple protocol, in a transaction of its own.
  const config = { ...(name === undefined ? {} : { name }), text, values: [...values], queryMode: 'extended' };
  const query = new Query<R>(config, (error, results: Results) => {
    if (error) reject(error);
    else resolve(lastOf(results) as QueryResult<R>);
  });
  if (scope) enterFirst(query, scope);
  client.query(query);
  return promise;
}

/** Sends one statement on a pooled connection. */
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

/** A broken connection already fails its statement, but an `error` event without a listener would end the process. */
function ignore(): void {}

/** Sends the entrance right before the query's Bind message: pg binds only after it has validated the query. */
function enterFirst(query: Query, scope: Scope): void {
  const { name: statement, values } = scopeStatement(scope);
  const submit = query.submit.bind(query);
  const enterAndSubmit = (connection: Connection) => {
    const bind: Connection['bind'] = (config, more) => {
      connection.bind({ statement, values: [...values] }, true);
      connection.execute({}, true);
      connection.bind(config, more);
    };
    return submit(Object.assign(Object.create(connection) as Connection, { bind }));
  };
  // In two steps: V8 allocates a function literal that is assigned to a property in the old generation, where it would
  // retain all rows of the query.
  query.submit = enterAndSubmit;
}

function lastOf(results: Results): QueryResult | undefined {
  return 'rows' in results ? results : results.at(-1);
}
