import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join, resolve } from 'node:path';
import { commandLineOf, lastOutput, run, startChild, stopChild, until } from './child.ts';
import { fromDebian, onPath } from './debian-package.ts';

export interface RunningNats {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The server's output so far, for error messages. */
  readonly log: () => string;
  stop(): Promise<void>;
  /** For crash tests. */
  kill(): Promise<void>;
}

export interface NatsOptions {
  readonly dataDir: string;
  readonly port: number;
  /** The largest message, in bytes. A check run with thousands of annotations exceeds NATS's default of 1 MiB. */
  readonly maxPayload?: number;
  /** Further configuration of the server, such as its users. Address, port and store are set already. */
  readonly config?: string;
  /** Environment variables that the configuration refers to. */
  readonly env?: NodeJS.ProcessEnv;
}

const HOW_TO_GET_ONE = `found no nats-server. Get one in any of these ways, then start again:
  - set NATS_URL to a server with JetStream enabled
  - Debian or Ubuntu: apt-get install nats-server
  - macOS: brew install nats-server
  - any system: put the binary of a NATS release on PATH, or have Docker running`;

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** Starts a nats-server with JetStream on 127.0.0.1, with its streams under `dataDir`. */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const configFile = join(dataDir, 'nats.conf');
  const pidFile = join(dataDir, 'nats.pid');
  await stopLeftover(pidFile, configFile);
  const { command, args } = await findServer(dataDir, options.port);
  writeFileSync(
    configFile,
    `${options.config ?? ''}
host: 127.0.0.1
port: ${options.port}
max_payload: ${options.maxPayload ?? 8 * 1024 * 1024}
jetstream { store_dir: ${JSON.stringify(dataDir)} }
`,
  );
  const env = { ...process.env, ...options.env };
  const child = startChild(command, [...args, '-c', configFile], { env });
  writeFileSync(pidFile, String(child.pid));
  const log = lastOutput(child);

  await until(() => waitForGreeting(options.port), {
    everyMs: 20,
    reasonToStop: () => (child.exitCode === null ? null : `nats-server ended at start:\n${log()}`),
  });
  return {
    url: `nats://127.0.0.1:${options.port}`,
    port: options.port,
    pid: child.pid ?? 0,
    log,
    stop: () => stopChild(child, 'SIGINT', 5_000),
    kill: () => stopChild(child, 'SIGKILL', 0),
  };
}

/** The binary on PATH, or one fetched from Debian's package or Homebrew. Null if there is none. */
export async function findNatsBinary(): Promise<string | null> {
  return onPath('nats-server') ?? (await fromDebian('nats-server', 'usr/sbin/nats-server')) ?? (await fromBrew());
}

async function findServer(dataDir: string, port: number): Promise<Command> {
  const binary = await findNatsBinary();
  if (binary) return { command: binary, args: [] };
  if ((await run('docker', ['info'])).code === 0) {
    const mounts = ['-v', `${dataDir}:${dataDir}`, '-p', `127.0.0.1:${port}:${port}`];
    // Inside the container the server must listen on all its interfaces; Docker publishes it on loopback only.
    return { command: 'docker', args: ['run', '--rm', ...mounts, 'nats:2', '-a', '0.0.0.0'] };
  }
  throw new Error(HOW_TO_GET_ONE);
}

async function fromBrew(): Promise<string | null> {
  if (!onPath('brew')) return null;
  if ((await run('brew', ['install', 'nats-server'])).code !== 0) return null;
  const { stdout } = await run('brew', ['--prefix', 'nats-server']);
  const path = join(stdout.trim(), 'bin/nats-server');
  return existsSync(path) ? path : null;
}

/** Resolves once a NATS server accepts clients: it greets a new connection with an INFO line. */
function waitForGreeting(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host: '127.0.0.1', timeout: 1_000 });
    const fail = (error?: Error): void => {
      socket.destroy();
      reject(error ?? new Error(`no server answers on port ${port}`));
    };
    socket.once('error', fail);
    socket.once('timeout', () => fail());
    socket.once('data', (chunk) => {
      socket.destroy();
      if (chunk.toString().startsWith('INFO')) resolve();
      else reject(new Error(`the server on port ${port} is not a NATS server`));
    });
  });
}

async function stopLeftover(pidFile: string, configFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const alive = async (): Promise<boolean> => (await commandLineOf(pid))?.includes(configFile) ?? false;
  if (!(await alive())) return;
  process.kill(pid, 'SIGINT');
  await until(
    async () => {
      if (await alive()) throw new Error(`the nats-server with pid ${pid} does not stop`);
    },
    { timeoutMs: 5_000 },
  );
}
