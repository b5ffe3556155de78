import { loadConfig } from '@integrations/config';
import { runMigrations } from '@integrations/database';
import type { Command } from './command';
import { DatabaseConfig } from './database';

export const migrate: Command = {
  words: ['migrate'],
  usage: 'migrate',
  summary: 'brings the database schema at DATABASE_URL up to date; safe to run several times at once',
  async run() {
    const { databaseUrl } = loadConfig(DatabaseConfig, process.env);
    const done = await runMigrations(databaseUrl);
    process.stdout.write(done.length > 0 ? `${done.join('\n')}\n` : 'the schema is up to date\n');
  },
};
