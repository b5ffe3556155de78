import type { Client, QueryResult, QueryResultRow } from 'pg';

/** A connection outside the pool. Many may ask it at once: their statements go one after the other. Whoever opened it ends it. */
export class Session {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: Pick<Client, 'query' | 'end'>) {}

  query<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<QueryResult<R>> {
    // pg has a queue of its own: it warns of it on standard error, and is to have none from version 9 on.
    const answer = this.#last.then(() => this.client.query<R>(text, values && [...values]));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  end(): Promise<void> {
    return this.client.end();
  }
}
