import { IsDatabaseUrl, loadConfig } from '@integrations/config';
import { Database, requireMigrated } from '@integrations/database';

export class DatabaseConfig {
  @IsDatabaseUrl()
  databaseUrl: string;
}

/** Opens the database, runs `work`, and closes it. Throws if the schema is not up to date. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const { databaseUrl } = loadConfig(DatabaseConfig, process.env);
  await requireMigrated(databaseUrl);
  const database = await Database.connect({
    url: databaseUrl,
    applicationName: 'cli',
    poolSize: 1,
    onError: () => undefined,
  });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
