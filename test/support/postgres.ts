import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { until } from '../../scripts/stack/child.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import { temporaryDirectory } from './temporary';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database on its own server, which is durable. */
export interface TestPostgres extends TestDatabase {
  /** Kills the server and starts it again with the same port and data. */
  restart(): Promise<void>;
}

export async function startTestPostgres(): Promise<TestPostgres> {
  const directory = temporaryDirectory();
  const options = { dataDir: join(directory, 'postgres'), port: await freePorts(1) };
  let server = await startPostgres(options);
  return {
    url: server.url,
    restart: async () => {
      await server.kill();
      // The new server refuses to start until the last orphaned process of the old one has ended.
      const start = async () => void (server = await startPostgres(options));
      await until(start, { timeoutMs: 30_000 });
    },
    drop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Makes a database in the test run's PostgreSQL, empty or as a copy of another. */
export async function createDatabase(template = 'template1'): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server) throw new Error('no test PostgreSQL: run this spec in the integration or e2e project');
  const name = `test_${randomBytes(6).toString('hex')}`;
  // By default PostgreSQL also writes each page to its log, which takes three times as long as copying the files.
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => execute(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
