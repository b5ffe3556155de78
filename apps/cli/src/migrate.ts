import { loadConfig } from '@integrations/config';
import { runMigrations } from '@integrations/database';
import { type Command, readOptions } from './command';
import { DatabaseConfig } from './database';

export const migrate: Command = {
  words: ['migrate'],
  usage: 'migrate',
  summary: 'migrates the database at DATABASE_URL to the current schema; several may run at once',
  async run(args) {
    readOptions(args, {});
    const { databaseUrl } = loadConfig(DatabaseConfig, process.env);
    const done = await runMigrations(databaseUrl);
    process.stdout.write(done.length > 0 ? `${done.join('\n')}\n` : 'the schema is up to date\n');
  },
};
