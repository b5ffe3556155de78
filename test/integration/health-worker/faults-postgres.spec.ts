import { createServer, connect as connectTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { Database, runMigrations } from '@integrations/database';
import { eventually } from '../../support/eventually';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { openDatabase } from '../database/support';
import { DOWN, verdict, type Vendor, Workers } from './workers';

const ENV = { PROBE_CONCURRENCY: '16', PROBE_TIMEOUT_MS: '1000' };
/** Too few to look like the prober's own trouble, even to a worker that has seen only twenty hosts. */
const FEW = 5;

let workers: Workers;
let asked: number;
/** The hosts that do not answer. */
let down: ReadonlySet<string>;

const vendor: Vendor = async ({ endpoint }) => {
  asked += 1;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return verdict(down.has(endpoint) ? DOWN : {});
};

beforeEach(() => {
  [asked, down] = [0, new Set()];
});
afterEach(() => workers.close());

describe('a PostgreSQL that is killed in the middle of batches', () => {
  let postgres: TestPostgres;

  beforeEach(async () => {
    postgres = await startTestPostgres();
    await runMigrations(postgres.url);
    workers = await Workers.open(openDatabase(Promise.resolve(postgres)));
  });

  it('makes no healthy integration unhealthy, and every status change is published once', async () => {
    const made = await workers.due(60);
    const killedMidway = async () => {
      const before = asked;
      await eventually('a batch', () => (asked >= before + 20 ? true : null));
      await postgres.restart();
      await workers.idle();
    };
    const env = { ...ENV, PROBE_LEASE_MS: '4000' };
    await Promise.all([workers.start({ vendor, env }), workers.start({ vendor, env })]);
    await killedMidway();

    down = new Set(made.slice(0, FEW).map(({ endpoint }) => endpoint));
    for (let round = 0; round < 3; round++) {
      await workers.dueAgain();
      await killedMidway();
    }
    const first = made.map(({ id }) => `${id} unknown healthy`);
    const turned = made.slice(0, FEW).map(({ id }) => `${id} healthy unhealthy`);
    const expected = [...first, ...turned].sort();
    expect(await workers.turns()).toEqual({ history: expected, events: expected });
  }, 300_000);
});

describe('a commit whose response is lost', () => {
  let proxy: Proxy;
  let database: Database;

  beforeEach(async () => {
    workers = await Workers.open();
    proxy = await Proxy.to(workers.db.url);
    database = await Database.connect({ url: proxy.url, applicationName: 'test' });
  });
  afterEach(async () => {
    await workers.stopAll();
    await database.close();
    await proxy.close();
  });

  it('is not repeated', async () => {
    const made = await workers.due(10);
    proxy.commitsToLose = 1;
    const worker = await workers.start({ vendor, env: ENV, database });
    await workers.idle();
    await eventually('the second attempts', () => (worker.leasesLost() > 0 ? true : null));
    expect(proxy.commitsToLose).toBe(0);
    const expected = made.map(({ id }) => `${id} unknown healthy`).sort();
    expect(await workers.turns()).toEqual({ history: expected, events: expected });
    expect(await workers.db.sql('SELECT FROM health_result')).toHaveLength(10);
  });

  it('does not make the worker publish its own trouble twice', async () => {
    const made = await workers.due(24);
    await workers.start({ vendor, env: { ...ENV, PROBE_CONCURRENCY: '64' }, database });
    await workers.idle();
    down = new Set(made.map(({ endpoint }) => endpoint));
    proxy.commitsToLose = 1;
    for (let round = 0; round < 3; round++) {
      await workers.dueAgain();
      await workers.idle();
    }
    expect(proxy.commitsToLose).toBe(0);
    expect(await workers.events('prober_degraded')).toHaveLength(1);
  });
});

/** Passes everything through, but closes a connection instead of passing on the confirmation of a commit. */
class Proxy {
  commitsToLose = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(database: string): Promise<Proxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(database);
    const port = Number(url.port);
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new Proxy(server, url.toString());
    server.on('connection', (client) => proxy.#carry(client, port));
    return proxy;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #carry(client: Socket, port: number): void {
    const server = connectTcp(port, '127.0.0.1');
    let isCommitting = false;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      isCommitting = this.commitsToLose > 0 && chunk.includes('COMMIT');
      if (isCommitting) this.commitsToLose -= 1;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (isCommitting) client.destroy();
      else client.write(chunk);
    });
  }
}
