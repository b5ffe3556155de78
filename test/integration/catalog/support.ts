import { type AddressInfo } from 'node:net';
import { createService } from '@integrations/bootstrap';
import { ApiTokenRepository, Database } from '@integrations/database';
import { API_SCOPES, type ApiScope, hashApiToken, newApiToken } from '@integrations/secrets';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { startTestNats } from '../../support/nats';
import { createMigratedDatabase } from '../../support/migrated-database';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly text: string;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent unchanged, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

/** An HTTP client with its own token. */
export interface TestClient {
  readonly token: string;
  call<T = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
}

export interface TestCatalog {
  readonly origin: string;
  readonly app: NestFastifyApplication;
  readonly config: CatalogConfig;
  readonly database: Database;
  /** A plain NATS client, as another team's service would use. */
  readonly nats: NatsConnection;
  client(options?: { tenantId?: string; name?: string; scopes?: readonly ApiScope[] }): Promise<TestClient>;
  anonymous(headers?: Record<string, string>): TestClient;
  sql<T extends object>(text: string, parameters?: unknown[]): Promise<T[]>;
  /** Counts the rows that a mutation would have written. */
  counts(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

const WRITTEN = ['integration', 'probe_schedule', 'outbox', 'audit_entry'];

/** Starts the app in this process, with its own database and NATS server; `consoleFolder` holds a build of the console. */
export async function startCatalog(
  settings: Partial<CatalogConfig> = {},
  consoleFolder?: string,
): Promise<TestCatalog> {
  const { url, drop } = await createMigratedDatabase();
  const server = await startTestNats();
  const servers = { databaseUrl: url, natsUrl: server.url, logLevel: 'silent' };
  const config = Object.assign(new CatalogConfig(), servers, settings);
  const app = await createService(catalogService(config, consoleFolder));
  const origin = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;

  const database = await Database.connect({ url, applicationName: 'test', poolSize: 4 });
  const side = new Client({ connectionString: url });
  await side.connect();
  const nats = await connect({ servers: server.url, name: 'test' });
  const sql = async <T extends object>(text: string, parameters: unknown[] = []) =>
    (await side.query<T>(text, parameters)).rows;
  const tokens = new ApiTokenRepository(database);

  return {
    origin,
    app,
    config,
    database,
    nats,
    sql,
    client: async ({ tenantId = 'acme', name = 'tester', scopes = API_SCOPES } = {}) => {
      const token = newApiToken();
      await tokens.insert({ tenantId, name, scopes, tokenHash: hashApiToken(token) });
      return clientOf(origin, token, { authorization: `Bearer ${token}` });
    },
    anonymous: (headers = {}) => clientOf(origin, '', headers),
    counts: async () => {
      const tables = WRITTEN.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
      const [counted] = await sql<Record<string, number>>(`SELECT ${tables.join(', ')}`);
      return counted!;
    },
    close: async () => {
      await app.close();
      await nats.close();
      await database.close();
      await side.end();
      await server.stop();
      await drop();
    },
  };
}

function clientOf(origin: string, token: string, own: Record<string, string>): TestClient {
  return {
    token,
    call: async <T>(method: string, path: string, { body, raw, headers = {} }: CallOptions = {}) => {
      const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
      const type: Record<string, string> = sent === null ? {} : { 'content-type': 'application/json' };
      const url = path.startsWith('/') ? `${origin}${path}` : `${origin}/api/v1/${path}`;
      const response = await fetch(url, { method, body: sent, headers: { ...type, ...own, ...headers } });
      const text = await response.text();
      const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: (isJson ? JSON.parse(text) : null) as T,
      };
    },
  };
}

/** The body of a valid registration. */
export function registration(overrides: object = {}): Record<string, unknown> {
  return { name: `demo ${Math.random().toString(36).slice(2)}`, type: 'scm', provider: 'in_memory', ...overrides };
}

export async function register<T extends object = { id: string; generation: number; name: string }>(
  client: TestClient,
  overrides: object = {},
): Promise<T> {
  const { status, body, text } = await client.call('POST', 'integrations', { body: registration(overrides) });
  if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
  return body as T;
}

/** Expects a problem (RFC 9457) with that status and code, which reveals no internals. */
export function expectProblem(answer: Answer<unknown>, status: number, errorCode: string, field?: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: {
      type: `tag:stella-ops.org,2026:integrations/${errorCode}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      errorCode,
      instance: expect.stringMatching(/^\//),
      details: expect.any(Array),
    },
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|\.js:\d|at Object\.|SELECT |QueryFailed|FST_/);
  const details = (answer.body as { details: { field: string; message: string }[] }).details;
  if (field !== undefined) expect(details.map((detail) => detail.field)).toContain(field);
}
