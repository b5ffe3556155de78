import type { Client, QueryResult, QueryResultRow } from 'pg';

/** A connection outside the pool. Concurrent queries run one after the other. Whoever opened the session ends it. */
export class Session {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: Pick<Client, 'query' | 'end'>) {}

  query<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<QueryResult<R>> {
    // Not pg's own queue: using it prints a deprecation warning on standard error, and pg 9 removes it.
    const answer = this.#last.then(() => this.client.query<R>(text, values && [...values]));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  end(): Promise<void> {
    return this.client.end();
  }
}
