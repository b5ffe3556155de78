import { openDatabase, type TestDatabase } from './support';

/** Partitions are only inserted into and dropped, except the default one. */
const ONLY_INSERTED_INTO = /^health_result(_\d+)?$/;

describe('a publication of all tables', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await openDatabase();
    await db.sql('CREATE PUBLICATION everything FOR ALL TABLES');
  });
  afterAll(() => db.close());

  it('lets the rows of every table be deleted, which PostgreSQL refuses without a replica identity', async () => {
    const tables = await db.sql<{ name: string }>(
      `SELECT relname AS name FROM pg_class
       WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')`,
    );
    const deletable = tables.map(({ name }) => name).filter((name) => !ONLY_INSERTED_INTO.test(name));
    expect(deletable).toContain('annotation_turn');
    // Refused just as the statement itself would be.
    for (const name of deletable) await db.sql(`EXPLAIN DELETE FROM ${name}`);
  });
});
