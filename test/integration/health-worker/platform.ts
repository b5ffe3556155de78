import type { OperationResult } from '@integrations/contracts';
import { IntegrationRepository, type IntegrationRow, type NewIntegration } from '@integrations/database';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startTestNats, type TestNats } from '../../support/nats';
import { integration, openDatabase, type TestDatabase } from '../database/support';
import { startHealthWorker } from './start-health-worker';

/** PostgreSQL, NATS, and a caller that uses only NATS and JSON. */
export class WorkerPlatform {
  private constructor(
    readonly db: TestDatabase,
    readonly nats: TestNats,
    readonly caller: NatsConnection,
  ) {}

  static async start(): Promise<WorkerPlatform> {
    const [db, nats] = await Promise.all([openDatabase(), startTestNats()]);
    return new WorkerPlatform(db, nats, await connect({ servers: nats.url }));
  }

  async stop(): Promise<void> {
    await this.caller.close();
    await this.db.close();
    await this.nats.stop();
  }

  startApp(env: NodeJS.ProcessEnv = {}): Promise<NestFastifyApplication> {
    return startHealthWorker({ DATABASE_URL: this.db.url, NATS_URL: this.nats.url, ...env });
  }

  integrate(overrides: Partial<NewIntegration> = {}): Promise<IntegrationRow> {
    const row = integration({ endpoint: 'memory://local', authRef: null, config: {}, ...overrides });
    return new IntegrationRepository(this.db.database).insert(row);
  }

  async ask<T>(subject: string, request: object, tenant = 'acme'): Promise<OperationResult<T>> {
    const options = { timeout: 60_000, headers: headers() };
    options.headers.set('tenant', tenant);
    const reply = await this.caller.request(subject, JSON.stringify(request), options);
    return reply.json();
  }
}
