import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS, type AppName, entryOf, nodeFlags } from './build.ts';
import { commandLineOf, run, startChild, stopChild, until } from './child.ts';
import { mergeLogs } from './logs.ts';
import { startNats } from './nats.ts';
import { freePorts, isFree } from './ports.ts';
import { startPostgres } from './postgres.ts';

export interface StackOptions {
  readonly root: string;
  readonly dataDir: string;
  /** The first of five neighbouring ports; 0 takes free ones. */
  readonly port: number;
}

/** The content of `stack.json`, for scripts that use a running stack. The file is readable by its owner only. */
export interface StackFile {
  readonly apiUrl: string;
  /** Metrics and health of each app. */
  readonly urls: Readonly<Record<AppName, string>>;
  readonly natsUrl: string;
  readonly databaseUrl: string;
  /** Holds the admin token; mode 0600. */
  readonly tokenFile: string;
  readonly pids: Readonly<Record<string, number>>;
}

interface Server {
  readonly url: string;
  readonly pid?: number;
  stop(): Promise<void>;
}

const APP_GRACE_MS = 12_000;

/** PostgreSQL, nats-server and the three apps as one thing that starts in order and stops in reverse. */
export class Stack {
  readonly #options: StackOptions;
  readonly #servers: Server[] = [];
  readonly #apps = new Map<AppName, ChildProcess>();
  #stopping = false;
  started: StackFile | null = null;

  constructor(options: StackOptions) {
    this.#options = options;
  }

  /** Calls `onDeath` with the reason when an app ends by itself. */
  async start(onDeath: (reason: string) => void): Promise<void> {
    const { dataDir, root } = this.#options;
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    await this.#refuseSecondStart();
    const base = await this.#choosePorts();
    const started = await Promise.allSettled([this.#postgres(base + 3), this.#nats(base + 4)]);
    for (const result of started) if (result.status === 'fulfilled') this.#servers.push(result.value);
    const [postgres, nats] = started.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    }) as [Server, Server];

    const env = this.#environment(postgres.url, nats.url);
    await command(root, env, ['migrate']);
    const tokenFile = await this.#adminToken(env);

    APPS.forEach((app, index) => {
      const child = startChild(process.execPath, [...nodeFlags(app), entryOf(root, app)], {
        env: { ...env, PORT: String(base + index) },
        cwd: root,
      });
      child.once('exit', (code, signal) => {
        if (!this.#stopping) onDeath(`${app} ended by itself (${signal ?? `code ${code}`}); see its last lines above`);
      });
      this.#apps.set(app, child);
    });
    mergeLogs(this.#apps, console.log);

    const urls = Object.fromEntries(APPS.map((app, index) => [app, `http://127.0.0.1:${base + index}`]));
    this.started = {
      apiUrl: `http://127.0.0.1:${base}/api/v1`,
      urls: urls as StackFile['urls'],
      natsUrl: nats.url,
      databaseUrl: postgres.url,
      tokenFile,
      pids: {
        start: process.pid,
        ...Object.fromEntries([...this.#apps].map(([app, child]) => [app, child.pid ?? 0])),
        ...(postgres.pid ? { postgres: postgres.pid } : {}),
        ...(nats.pid ? { nats: nats.pid } : {}),
      },
    };
    await Promise.all(Object.values(urls).map((url) => this.#ready(url)));
    writeFileSync(this.#stackFile, `${JSON.stringify(this.started, null, 2)}\n`, { mode: 0o600 });
    console.log(`\nready: ${this.started.apiUrl} (docs: http://127.0.0.1:${base}/docs), NATS at ${nats.url}`);
    console.log(`console: http://127.0.0.1:${base}/console/ (sign in with the token in ${tokenFile})`);
  }

  /** Stops the apps first, all at once, then the servers. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#apps.values()].map((child) => stopChild(child, 'SIGTERM', APP_GRACE_MS)));
    await Promise.all(this.#servers.map((server) => server.stop()));
    if (this.started) rmSync(this.#stackFile, { force: true });
  }

  get #stackFile(): string {
    return join(this.#options.dataDir, 'stack.json');
  }

  /** Throws if another stack uses the data directory. Ends apps that a killed stack left behind. */
  async #refuseSecondStart(): Promise<void> {
    if (!existsSync(this.#stackFile)) return;
    const { pids } = JSON.parse(readFileSync(this.#stackFile, 'utf8')) as StackFile;
    if (await isOurs(pids.start, 'scripts/start.ts')) {
      throw new Error(`already running (pid ${pids.start}); see ${this.#stackFile}, or give another --data-dir`);
    }
    for (const app of APPS) {
      const pid = pids[app];
      if (pid && (await isOurs(pid, entryOf(this.#options.root, app)))) process.kill(pid, 'SIGTERM');
    }
  }

  async #choosePorts(): Promise<number> {
    const { port } = this.#options;
    if (port === 0) return freePorts(5);
    const names = [...APPS, 'PostgreSQL', 'NATS'];
    for (const [offset, name] of names.entries()) {
      const replaced = (offset === 3 && process.env.DATABASE_URL) || (offset === 4 && process.env.NATS_URL);
      if (replaced) continue;
      // A process that a killed stack left behind needs a moment to release its port.
      const free = until(
        async () => {
          if (!(await isFree(port + offset))) throw new Error('in use');
        },
        { timeoutMs: 3_000 },
      );
      await free.catch(() => {
        throw new Error(`port ${port + offset} for ${name} is in use: stop what uses it, or start with --port N`);
      });
    }
    return port;
  }

  async #postgres(port: number): Promise<Server> {
    if (process.env.DATABASE_URL) return externalServer(process.env.DATABASE_URL);
    return startPostgres({ dataDir: join(this.#options.dataDir, 'postgres'), port });
  }

  async #nats(port: number): Promise<Server> {
    if (process.env.NATS_URL) return externalServer(process.env.NATS_URL);
    return startNats({ dataDir: join(this.#options.dataDir, 'nats'), port });
  }

  #environment(databaseUrl: string, natsUrl: string): NodeJS.ProcessEnv {
    const { dataDir } = this.#options;
    const secretsDir = join(dataDir, 'secrets');
    mkdirSync(join(secretsDir, 'default'), { recursive: true, mode: 0o700 });
    const masterKeyFile = join(dataDir, 'master.key');
    if (!existsSync(masterKeyFile)) writeFileSync(masterKeyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
    const auditKeyFile = join(dataDir, 'audit.key');
    if (!existsSync(auditKeyFile)) writeFileSync(auditKeyFile, newAuditKey(), { mode: 0o600 });
    return {
      EGRESS_ALLOW: '127.0.0.0/8,::1/128',
      SECRETS_DIR: secretsDir,
      SECRETS_MASTER_KEY_FILE: masterKeyFile,
      AUDIT_KEY_FILE: auditKeyFile,
      LOG_LEVEL: 'info',
      // No router needs time to switch to another replica.
      SHUTDOWN_DELAY_MS: '0',
      ...process.env,
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
    };
  }

  /** Creates and prints the admin token at the first start. */
  async #adminToken(env: NodeJS.ProcessEnv): Promise<string> {
    const tokenFile = join(this.#options.dataDir, 'admin.token');
    if (existsSync(tokenFile)) return tokenFile;
    const token = await command(this.#options.root, env, ['token', 'create', '--name', 'admin', '--scope', 'all']);
    writeFileSync(tokenFile, token, { mode: 0o600 });
    console.log(`admin token (shown once, kept in ${tokenFile}): ${token}`);
    return tokenFile;
  }

  async #ready(url: string): Promise<void> {
    await until(
      async () => {
        const response = await fetch(`${url}/health/ready`);
        if (!response.ok) throw new Error(`${url} is not ready: ${await response.text()}`);
      },
      { timeoutMs: 60_000, everyMs: 100, reasonToStop: () => (this.#stopping ? 'stopped' : null) },
    );
  }
}

/** The same kind of key that `openssl genpkey -algorithm ed25519` makes. */
function newAuditKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function externalServer(url: string): Server {
  return { url, stop: async () => undefined };
}

async function command(root: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  const { code, output, stdout } = await run(process.execPath, [entryOf(root, 'cli'), ...args], { env, cwd: root });
  if (code !== 0) throw new Error(output.trim());
  return stdout.trim();
}

async function isOurs(pid: number | undefined, argument: string): Promise<boolean> {
  return pid !== undefined && ((await commandLineOf(pid))?.includes(argument) ?? false);
}
