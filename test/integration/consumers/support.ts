import { createService } from '@integrations/bootstrap';
import type { EventData, EventName } from '@integrations/contracts';
import { Database, HealthRepository, IntegrationRepository, type IntegrationRow, Outbox } from '@integrations/database';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { ended, startChild } from '../../../scripts/stack/child.ts';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { createMigratedDatabase } from '../../support/migrated-database';
import { health, integration } from '../database/support';

/** The platform as a consumer sees it: an app that relays events, with its own PostgreSQL and NATS server. */
export interface Platform {
  readonly nats: TestNats;
  register(): Promise<IntegrationRow>;
  setEnabled(row: IntegrationRow, enabled: boolean): Promise<IntegrationRow>;
  turn(row: IntegrationRow, to: 'healthy' | 'unhealthy'): Promise<void>;
  remove(row: IntegrationRow): Promise<void>;
  tell<N extends EventName>(row: IntegrationRow, event: N, data: EventData[N]): Promise<void>;
  close(): Promise<void>;
}

export async function startPlatform(): Promise<Platform> {
  const { url, drop } = await createMigratedDatabase();
  const nats = await startTestNats();
  const config = Object.assign(new CatalogConfig(), { databaseUrl: url, natsUrl: nats.url, logLevel: 'silent' });
  const app: NestFastifyApplication = await createService(catalogService(config));
  const database = await Database.connect({ url, applicationName: 'test', poolSize: 4 });
  const integrations = new IntegrationRepository(database);
  const outbox = new Outbox(database);

  const eventOf = <N extends EventName>(row: IntegrationRow, event: N, data: EventData[N]) => {
    const { id: integrationId, tenantId, type, provider, generation } = row;
    return { event, tenantId, integrationId, type, provider, generation, data };
  };
  const changed = (result: IntegrationRow | string) => {
    if (typeof result === 'string') throw new Error(result);
    return result;
  };
  return {
    nats,
    register: () =>
      database.transaction(async (tx) => {
        const row = await integrations.insert(integration({ endpoint: 'https://git.example.com' }), tx);
        const data = { name: row.name, endpointHost: 'git.example.com', enabled: true };
        await outbox.append(eventOf(row, 'registered', data), tx);
        return row;
      }),
    setEnabled: (row, enabled) =>
      database.transaction(async (tx) => {
        const after = changed(await integrations.update(row.tenantId, row.id, row.generation, { enabled }, tx));
        await outbox.append(eventOf(after, enabled ? 'enabled' : 'disabled', { reason: 'manual' }), tx);
        return after;
      }),
    turn: (row, to) =>
      database.transaction(async (tx) => {
        const state = health(row.id, { status: to, code: to === 'healthy' ? 'ok' : 'tcp_refused' });
        await new HealthRepository(database).save([state], tx);
        const [since, checkedAt] = [state.since.toISOString(), state.checkedAt.toISOString()];
        const data = {
          from: 'unknown' as const,
          to,
          reasonCode: state.code,
          since,
          checkedAt,
          latencyMs: 1,
          flapping: false,
        };
        await outbox.append(eventOf(row, 'health_changed', data), tx);
      }),
    remove: (row) =>
      database.transaction(async (tx) => {
        const after = changed(await integrations.softDelete(row.tenantId, row.id, row.generation, tx));
        await outbox.append(eventOf(after, 'deleted', {}), tx);
      }),
    tell: (row, event, data) => database.transaction((tx) => outbox.append(eventOf(row, event, data), tx)),
    close: async () => {
      await app.close();
      await database.close();
      await nats.stop();
      await drop();
    },
  };
}

/** An example of docs/examples in its own process. */
export interface Example {
  kill(): Promise<void>;
}

export async function startExample(name: string, natsUrl: string, file: string): Promise<Example> {
  const child = startChild(process.execPath, [resolve(`docs/examples/${name}.mjs`), natsUrl, file], {
    cwd: resolve('.'),
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR },
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await eventually('the consumer', () => {
    if (child.exitCode !== null) throw new Error(output);
    return output.includes('ready') || null;
  });
  return {
    kill: async () => {
      if (child.exitCode !== null) throw new Error(`the consumer ended by itself: ${output}`);
      child.kill('SIGKILL');
      await ended(child);
    },
  };
}

/** Queries the database of a running consumer. */
export function query<T>(file: string, sql: string, ...values: string[]): T[] {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return db.prepare(sql).all(...values) as T[];
  } finally {
    db.close();
  }
}
