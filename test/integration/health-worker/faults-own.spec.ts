import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startTestNats, type TestNats } from '../../support/nats';
import { temporaryDirectory } from '../../support/temporary';
import { DOWN, verdict, Workers } from './workers';
import { startHealthWorker } from './start-health-worker';

const DAY_MS = 86_400_000;

let workers: Workers;

beforeEach(async () => {
  workers = await Workers.open();
});
afterEach(() => workers.close());

async function rounds(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await workers.dueAgain();
    await workers.idle();
  }
}

async function statuses(): Promise<string[]> {
  return [...new Set((await workers.healths()).map(({ status }) => status))];
}

describe('a wall clock that jumps', () => {
  const realNow = Date.now;
  const step = (ms: number) => void (Date.now = () => realNow() + ms);
  afterEach(() => step(0));

  it.each([
    ['ahead', 400 * DAY_MS],
    ['back', -400 * DAY_MS],
  ])('%s makes no integration unhealthy, although all certificates look wrong', async (_, ms) => {
    await workers.due(12);
    let answer = verdict();
    await workers.start({ vendor: async () => answer });
    await workers.idle();
    step(ms);
    answer = verdict({ status: 'unhealthy', code: ms > 0 ? 'tls_expired' : 'clock_skew' });
    await rounds(4);
    expect(await statuses()).toEqual(['healthy']);
    expect((await workers.healths()).every(({ failures }) => failures === 0)).toBe(true);
    expect((await workers.turns()).events).toHaveLength(12);
    expect((await workers.db.sql(`SELECT FROM health_result WHERE code = 'prober_error'`)).length).toBe(4 * 12);

    step(0);
    await rounds(3);
    expect(await statuses()).toEqual(['unhealthy']);
    expect((await workers.turns()).events).toHaveLength(24);
  });

  it('several times causes no wrong times in the database, and no early or late probes', async () => {
    await workers.due(12, { intervalSeconds: 60 });
    await workers.start({ vendor: async () => verdict() });
    await workers.idle();
    for (const ms of [DAY_MS, -DAY_MS, 0]) {
      step(ms);
      await rounds(2);
    }
    expect(await workers.db.sql('SELECT FROM health_gap')).toEqual([]);
    expect(
      await workers.db.sql(
        `SELECT FROM integration_health WHERE checked_at NOT BETWEEN now() - interval '1 minute' AND now()`,
      ),
    ).toEqual([]);
    expect(
      await workers.db.sql(
        `SELECT FROM probe_target WHERE due_at NOT BETWEEN now() - interval '1 minute' AND now() + interval '1 minute'`,
      ),
    ).toEqual([]);
    expect((await workers.turns()).history).toHaveLength(12);
  });

  it.each([
    ['ahead', DAY_MS, 'gaps'],
    ['back', -DAY_MS, 'waits'],
  ])('%s in PostgreSQL makes no integration unhealthy, and publishes nothing twice', async (_, ms, trace) => {
    await workers.due(12, { intervalSeconds: 60 });
    let answer = verdict();
    await workers.start({ vendor: async () => answer });
    await workers.idle();
    // Shifts all stored times into the past, which is the same as setting the worker's clock ahead of all other clocks.
    const shift = (column: string) => `${column} = ${column} - ${ms} * interval '1 millisecond'`;
    await workers.db.sql(`UPDATE probe_target SET ${shift('due_at')}, ${shift('lease_until')}`);
    await workers.db.sql(`UPDATE integration_health SET ${shift('since')}, ${shift('checked_at')}`);
    step(-ms);
    const [{ far } = { far: 0 }] = await workers.db.sql<{ far: number }>(
      `SELECT count(*)::int AS far FROM probe_target WHERE due_at > now() + interval '23 hours'`,
    );
    expect(far).toBe(trace === 'waits' ? 12 : 0);
    answer = verdict({ status: 'unhealthy', code: 'tls_expired' });
    await rounds(4);
    expect(await statuses()).toEqual(['healthy']);
    expect((await workers.turns()).events).toHaveLength(12);

    step(0);
    answer = verdict();
    await rounds(1);
    expect(await statuses()).toEqual(['healthy']);
    expect((await workers.turns()).history).toHaveLength(12);
    expect(await workers.db.sql('SELECT FROM health_gap')).toHaveLength(trace === 'gaps' ? 12 : 0);
  });

  it('by less than vendors tolerate does not hide that a vendor is down', async () => {
    await workers.due(1);
    step(30_000);
    await workers.start({ vendor: async () => verdict(DOWN) });
    await rounds(1);
    expect(await statuses()).toEqual(['unhealthy']);
  });
});

describe('a secret store that is unavailable', () => {
  let nats: TestNats;
  let vault: Server;
  let isDown = false;
  let app: NestFastifyApplication | undefined;
  const directory = temporaryDirectory();

  beforeEach(async () => {
    nats = await startTestNats();
    isDown = false;
    vault = createServer((request, response) => {
      const isSecret = request.url?.startsWith('/v1/secret/');
      response.statusCode = isDown ? 503 : 200;
      const data = isSecret ? { data: { value: 'hush' }, metadata: { version: 3 } } : { ttl: 0, renewable: false };
      response.end(JSON.stringify(isDown ? { errors: ['sealed'] } : { data }));
    });
    await new Promise<void>((resolve) => vault.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(directory, 'token'), 'hvs.token');
  });
  afterEach(async () => {
    await app?.close();
    await Promise.all([nats.stop(), new Promise((resolve) => vault.close(resolve))]);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** A restarted worker has no cached secret, so it has to ask the store. */
  async function restartWorker(): Promise<void> {
    await app?.close();
    const address = `http://127.0.0.1:${(vault.address() as AddressInfo).port}`;
    app = await startHealthWorker({
      DATABASE_URL: workers.db.url,
      NATS_URL: nats.url,
      PROBE_POLL_MS: '20',
      VAULT_ADDR: address,
      VAULT_TOKEN_FILE: join(directory, 'token'),
    });
  }

  it('for many rounds makes no integration unhealthy, and publishes nothing', async () => {
    const secret = { authRef: 'authref://vault/token', config: { requireCredential: true } };
    await workers.due(12, { ...secret, endpoint: 'memory://known' });
    await restartWorker();
    await workers.idle();
    isDown = true;
    await restartWorker();
    const [unknown] = await workers.due(1, { ...secret, endpoint: 'memory://new' });
    await rounds(5);
    const healths = await workers.healths();
    const known = healths.filter(({ integrationId }) => integrationId !== unknown!.id);
    expect(known.map(({ status, failures, successes }) => [status, failures, successes])).toEqual(
      known.map(() => ['healthy', 0, 1]),
    );
    expect(known).toHaveLength(12);
    expect(healths.find(({ integrationId }) => integrationId === unknown!.id)?.status ?? 'unknown').toBe('unknown');
    expect((await workers.turns()).events).toHaveLength(12);
    expect(await workers.db.sql(`SELECT FROM outbox WHERE event <> 'health_changed'`)).toEqual([]);
    expect((await workers.db.sql(`SELECT FROM health_result WHERE code = 'prober_error'`)).length).toBeGreaterThan(12);

    isDown = false;
    await restartWorker();
    await rounds(1);
    expect(await statuses()).toEqual(['healthy']);
    expect((await workers.turns()).events).toHaveLength(13);
  });
});
