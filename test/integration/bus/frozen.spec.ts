import { Bus } from '@integrations/bus';
import { until } from '../../../scripts/stack/child';
import { type RunningNats, startNats } from '../../../scripts/stack/nats.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { temporaryDirectory } from '../../support/temporary';

/** So many that some are connected to each server, with each order of the servers. */
const CLIENTS = 16;

let servers: RunningNats[];
let clients: Bus[];

beforeAll(async () => {
  const port = await freePorts(2);
  const start = (offset: number) => startNats({ dataDir: temporaryDirectory(), port: port + offset });
  servers = await Promise.all([start(0), start(1)]);
  const urls = servers.map(({ url }) => url).join();
  const connect = () => Bus.connect({ servers: urls, name: 'test' });
  clients = await Promise.all(Array.from({ length: CLIENTS }, connect));
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.drain()));
  await Promise.all(servers.map((server) => server.stop()));
});

it('a frozen server is left for another one within 15 s, without trying it again first', async () => {
  const lost = new Map<Bus, number>();
  const pauses: number[] = [];
  for (const client of clients) {
    client.onDown(() => {
      lost.set(client, performance.now());
      void until(() => expect(client.isReady()).toBe(true)).then(() =>
        pauses.push(performance.now() - lost.get(client)!),
      );
    });
  }
  process.kill(servers[0]!.pid, 'SIGSTOP');
  const frozen = performance.now();
  try {
    await until(() => expect(lost.size).toBeGreaterThan(0));
    await until(() => expect(pauses).toHaveLength(lost.size), { everyMs: 1_000 });
  } finally {
    process.kill(servers[0]!.pid, 'SIGCONT');
  }
  expect(Math.max(...lost.values()) - frozen).toBeLessThan(16_000);
  expect(Math.max(...pauses)).toBeLessThan(3_000);
});
