import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import { ApiTokenRepository, Database } from '@integrations/database';
import { API_SCOPES, hashApiToken, newApiToken } from '@integrations/secrets';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AnnotationDispatcherModule } from '../../../apps/annotation-dispatcher/src/annotation-dispatcher.module';
import { DispatcherConfig } from '../../../apps/annotation-dispatcher/src/config';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { HealthWorkerModule } from '../../../apps/health-worker/src/health-worker.module';
import { startTestNats, type TestNats } from '../../support/nats';
import { createMigratedDatabase } from '../../support/migrated-database';
import type { TestDatabase } from '../../support/postgres';

const SERVICES = ['operator', 'scanner', 'scheduler', 'signals', 'tenant-acme', 'agent-acme-web-1'] as const;
const APPS = ['catalog-api', 'health-worker', 'annotation-dispatcher'] as const;
export type User = (typeof SERVICES)[number] | (typeof APPS)[number];

/** A connection as one of the users in docker/nats.conf, and the operations that it was refused. */
export interface Connected {
  readonly nats: NatsConnection;
  /** `publish <subject>` and `subscription <subject>`. */
  readonly refused: string[];
}

/** nats-server with the shipped configuration, and the three apps under their users. */
export class GuardedPlatform {
  readonly #connections: NatsConnection[] = [];
  readonly #apps: NestFastifyApplication[] = [];
  #token = '';

  private constructor(
    readonly nats: TestNats,
    private readonly db: TestDatabase,
  ) {}

  static async start(): Promise<GuardedPlatform> {
    const users = [...SERVICES, ...APPS].map((user) => [variableOf(user), passwordOf(user)]);
    const nats = await startTestNats({ config: shippedConfig(), env: Object.fromEntries(users) });
    const platform = new GuardedPlatform(nats, await createMigratedDatabase());
    await platform.#startApps();
    return platform;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await Promise.all(this.#apps.map((app) => app.close()));
    await this.nats.stop();
    await this.db.drop();
  }

  async connectAs(user: User): Promise<Connected> {
    const credentials = { user, pass: passwordOf(user), inboxPrefix: `_INBOX.${user}` };
    const nats = await connect({ servers: this.nats.url, name: 'test', ...credentials });
    this.#connections.push(nats);
    const refused: string[] = [];
    void (async () => {
      for await (const status of nats.status()) {
        if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) continue;
        refused.push(`${status.error.operation} ${status.error.subject}`);
      }
    })();
    return { nats, refused };
  }

  async rest<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
    const { port } = this.#apps[0]!.getHttpServer().address() as AddressInfo;
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
      method,
      ...(body ? { headers, body: JSON.stringify(body) } : { headers: { authorization: headers.authorization } }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }

  async #startApps(): Promise<void> {
    const catalog = loadConfig(CatalogConfig, this.#env('catalog-api'));
    const worker = loadConfig(HealthWorkerConfig, this.#env('health-worker'));
    const dispatcher = loadConfig(DispatcherConfig, this.#env('annotation-dispatcher'));
    for (const options of [
      catalogService(catalog),
      { name: 'health-worker', config: worker, module: HealthWorkerModule.forRoot(worker) },
      {
        name: 'annotation-dispatcher',
        config: dispatcher,
        module: AnnotationDispatcherModule.forRoot(dispatcher),
      },
    ]) {
      this.#apps.push(await createService(options));
    }
    const database = await Database.connect({ url: this.db.url, applicationName: 'test', poolSize: 1 });
    this.#token = newApiToken();
    const tokenHash = hashApiToken(this.#token);
    await new ApiTokenRepository(database).insert({ tenantId: 'acme', name: 'test', scopes: API_SCOPES, tokenHash });
    await database.close();
  }

  #env(app: (typeof APPS)[number]): NodeJS.ProcessEnv {
    const url = this.nats.url.replace('nats://', `nats://${app}:${passwordOf(app)}@`);
    return { DATABASE_URL: this.db.url, NATS_URL: url, LOG_LEVEL: 'silent', LANE_POLL_MS: '50' };
  }
}

/** The shipped configuration with the examples enabled, and without settings that Debian 12's server (2.9) lacks. */
function shippedConfig(): string {
  const shipped = readFileSync('docker/nats.conf', 'utf8');
  const examples = /^ {2}# [A-Z]+: \{\n(?: {2}# .*\n)+? {2}# \}$/gm;
  if (shipped.match(examples)?.length !== 1)
    throw new Error('docker/nats.conf has not the example that it should have');
  const inForce = shipped.replace(examples, (text) => text.replaceAll(/^ {2}# /gm, '  '));
  return inForce.replace('sync_interval: always', '');
}

function variableOf(user: User): string {
  return `NATS_${user.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

/** A password like those of `openssl rand -hex`, after a letter. */
export function passwordOf(user: User): string {
  return `p${Buffer.from(user).toString('hex')}`;
}
