import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import type { OperationResult } from '@integrations/contracts';
import { IntegrationRepository, type IntegrationRow, type NewIntegration } from '@integrations/database';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { AnnotationDispatcherModule } from '../../../apps/annotation-dispatcher/src/annotation-dispatcher.module';
import { DispatcherConfig } from '../../../apps/annotation-dispatcher/src/config';
import { startTestNats, type TestNats } from '../../support/nats';
import { temporaryDirectory } from '../../support/temporary';
import { integration, openDatabase, type TestDatabase } from '../database/support';

// The reply as a caller in another language gets it; the specs check its fields.
export type Reply = OperationResult<Record<string, unknown>>;

export interface SeenEvent {
  readonly subject: string;
  readonly body: Record<string, unknown>;
}

/** PostgreSQL, NATS, a directory of secrets, and a caller that uses only NATS and JSON. */
export class DispatcherPlatform {
  readonly events: SeenEvent[] = [];
  readonly #secretsDir = temporaryDirectory();

  private constructor(
    readonly db: TestDatabase,
    readonly nats: TestNats,
    readonly caller: NatsConnection,
  ) {}

  static async start(): Promise<DispatcherPlatform> {
    const nats = await startTestNats();
    const caller = await connect({ servers: nats.url });
    const platform = new DispatcherPlatform(await openDatabase(), nats, caller);
    caller.subscribe('integrations.v1.evt.>', {
      callback: (_, message) => void platform.events.push({ subject: message.subject, body: message.json() }),
    });
    return platform;
  }

  async stop(): Promise<void> {
    await this.caller.close();
    await this.db.close();
    await this.nats.stop();
    rmSync(this.#secretsDir, { recursive: true, force: true });
  }

  /** Starts the app with the test's environment variables. */
  startApp(env: NodeJS.ProcessEnv = {}): ReturnType<typeof createService> {
    const config = loadConfig(DispatcherConfig, {
      DATABASE_URL: this.db.url,
      NATS_URL: this.nats.url,
      SECRETS_DIR: this.#secretsDir,
      EGRESS_ALLOW: '127.0.0.0/8',
      LANE_POLL_MS: '50',
      LOG_LEVEL: 'silent',
      DEFAULT_TENANT: 'acme',
      ...env,
    });
    const module = AnnotationDispatcherModule.forRoot(config);
    return createService({ name: 'annotation-dispatcher', config, module });
  }

  integrate(overrides: Partial<NewIntegration> = {}): Promise<IntegrationRow> {
    const row = integration({ endpoint: 'memory://local', authRef: null, config: {}, ...overrides });
    return new IntegrationRepository(this.db.database).insert(row);
  }

  /** Puts a secret into the tenant's `file` store and returns its reference. */
  storeSecret(tenantId: string, path: string, value: string): string {
    mkdirSync(join(this.#secretsDir, tenantId), { recursive: true });
    writeFileSync(join(this.#secretsDir, tenantId, path), value);
    return `authref://file/${path}`;
  }

  /** Sends a request whose body is an object, or an unchanged text. */
  async ask(subject: string, body: object | string, headers: Record<string, string> = {}): Promise<Reply> {
    const own = natsHeaders();
    for (const [name, value] of Object.entries(headers)) own.set(name, value);
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const message = await this.caller.request(subject, payload, { timeout: 60_000, headers: own });
    return message.json<Reply>();
  }

  /** The number of operations and events. */
  async written(): Promise<{ operations: number; events: number }> {
    const [counts] = await this.db.sql<{ operations: number; events: number }>(
      `SELECT (SELECT count(*)::int FROM annotation_operation) AS operations,
              (SELECT count(*)::int FROM outbox) AS events`,
    );
    return counts!;
  }
}
