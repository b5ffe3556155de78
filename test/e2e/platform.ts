/* eslint-disable @typescript-eslint/no-explicit-any -- what processes answer is checked by the specs' expectations */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiTokenRepository, Database } from '@integrations/database';
import { API_SCOPES, type ApiScope, hashApiToken, newApiToken } from '@integrations/secrets';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { run } from '../../scripts/stack/child.ts';
import { runCli } from '../support/app-process';
import { createMigratedDatabase } from '../support/migrated-database';
import { startTestNats, type TestNats } from '../support/nats';
import type { TestDatabase } from '../support/postgres';
import { temporaryDirectory } from '../support/temporary';

export interface ReceivedEvent {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * PostgreSQL, NATS, secrets and a token for apps that a test starts as processes, with calls as their users make them.
 */
export class Platform {
  readonly env: NodeJS.ProcessEnv;
  readonly #database: TestDatabase;
  readonly #secretsDir: string;
  #token = '';

  private constructor(
    readonly nats: TestNats,
    database: TestDatabase,
  ) {
    this.#database = database;
    this.#secretsDir = temporaryDirectory();
    this.env = {
      DATABASE_URL: database.url,
      NATS_URL: nats.url,
      SECRETS_DIR: this.#secretsDir,
      EGRESS_ALLOW: '127.0.0.0/8',
      LANE_LEASE_MS: '5000',
    };
  }

  /** Given an empty database, prepares it with the CLI; by default, copies one in the test run's PostgreSQL. */
  static async start(empty?: TestDatabase): Promise<Platform> {
    const platform = new Platform(await startTestNats(), empty ?? (await createMigratedDatabase()));
    if (empty) await runCli(['migrate'], platform.env);
    platform.#token = await platform.tokenFor('admin');
    return platform;
  }

  async stop(): Promise<void> {
    await this.nats.stop();
    await this.#database.drop();
  }

  /**
   * A token other than the one of `rest`. Inserted directly: specs sign in often, and the CLI is a process each time.
   */
  async tokenFor(name: string, scopes: readonly ApiScope[] = API_SCOPES, tenantId = 'default'): Promise<string> {
    const token = newApiToken();
    const database = await Database.connect({ url: this.#database.url, applicationName: 'test', poolSize: 1 });
    const row = { tenantId, name, scopes, tokenHash: hashApiToken(token) };
    await new ApiTokenRepository(database).insert(row).finally(() => database.close());
    return token;
  }

  /** Revokes all tokens of this name. */
  async revokeTokenOf(name: string): Promise<void> {
    const lines = (await runCli(['token', 'list'], this.env)).split('\n');
    const ids = lines.map((line) => JSON.parse(line)).filter((token) => token.name === name);
    for (const { id } of ids) await runCli(['token', 'revoke', '--id', id], this.env);
  }

  /** Puts a secret into the `file` store and returns its reference. */
  storeSecret(path: string, value: string): string {
    const file = join(this.#secretsDir, 'default', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, value);
    return `authref://file/${path}`;
  }

  /** Registers an integration that needs no vendor; returns its id. */
  async register(api: string, name: string): Promise<string> {
    return (await this.rest(api, 'POST', '/integrations', { name, type: 'scm', provider: 'in_memory' })).body.id;
  }

  /** Calls the REST API; returns status and body. */
  async rest(api: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    const response = await fetch(`${api}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Sends requests from a Scanner process and returns its replies in order. */
  async scanner(requests: readonly { subject: string; request: object; traceparent?: string }[]): Promise<any[]> {
    const input = requests.map((request) => JSON.stringify(request)).join('\n');
    const file = join(temporaryDirectory(), 'requests');
    writeFileSync(file, `${input}\n`);
    const command = `exec "${process.execPath}" test/e2e/scanner.mjs "${this.nats.url}" < "${file}"`;
    const { code, output, stdout } = await run('sh', ['-c', command]);
    if (code !== 0) throw new Error(output);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** All events so far, in the order of the stream. */
  async events(): Promise<ReceivedEvent[]> {
    const connection = await connect({ servers: this.nats.url });
    try {
      const manager = await jetstreamManager(connection);
      const { state } = await manager.streams.info('INTEGRATIONS_EVT');
      const consumer = await jetstream(connection).consumers.get('INTEGRATIONS_EVT');
      const received: ReceivedEvent[] = [];
      while (received.length < state.messages) {
        const message = await consumer.next({ expires: 2_000 });
        if (!message) break;
        const headers = Object.fromEntries(message.headers?.keys().map((k) => [k, message.headers!.get(k)]) ?? []);
        received.push({ subject: message.subject, headers, body: message.json() });
      }
      return received;
    } finally {
      await connection.close();
    }
  }
}
