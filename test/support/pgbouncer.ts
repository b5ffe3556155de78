import { globSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { lastOutput, startChild, stopChild, until } from '../../scripts/stack/child.ts';
import { fromDebian, onPath } from '../../scripts/stack/debian-package.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { temporaryDirectory } from './temporary';

export interface Pooler {
  /** The URL of the database through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The program of Debian's package pgbouncer; null if not available. */
async function findPgbouncer(): Promise<string | null> {
  return onPath('pgbouncer') ?? (await fromDebian('pgbouncer', 'usr/sbin/pgbouncer', [], { dependencies: true }));
}

/** Starts a real PgBouncer on 127.0.0.1 in front of that database's server, with only the settings that are required. */
export async function startPgbouncer(database: string, poolMode: 'session' | 'transaction'): Promise<Pooler> {
  const program = await findPgbouncer();
  if (!program) throw new Error('found no pgbouncer: install it, as with apt-get install pgbouncer');
  const directory = temporaryDirectory();
  const port = await freePorts(1);
  const to = new URL(database);
  const users = join(directory, 'users.txt');
  const file = join(directory, 'pgbouncer.ini');
  writeFileSync(users, `"${decodeURIComponent(to.username)}" "${decodeURIComponent(to.password)}"\n`);
  writeFileSync(
    file,
    `[databases]
* = host=${to.hostname} port=${to.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${poolMode}
`,
  );
  // Like PostgreSQL, it refuses to run as root.
  const identity = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const libraries = globSync(resolve('.data/pgbouncer/usr/lib/*-linux-gnu')).join(':');
  const env = { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, LD_LIBRARY_PATH: libraries };
  const child = startChild(program, [...identity, file], { env });
  const log = lastOutput(child);
  const url = Object.assign(new URL(database), { host: `127.0.0.1:${port}` }).toString();
  await until(() => answers(url), {
    reasonToStop: () => (child.exitCode === null ? null : `pgbouncer ended at start:\n${log()}`),
  });
  return {
    url,
    stop: async () => {
      await stopChild(child, 'SIGINT', 5_000);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}
