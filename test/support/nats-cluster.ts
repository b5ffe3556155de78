import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningNats, startNats } from '../../scripts/stack/nats.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { temporaryDirectory } from './temporary';

export interface TestCluster {
  /** One of each server. */
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

const SERVERS = [0, 1, 2];

/** Starts a cluster of three nats-servers with JetStream, which may still have to choose its leader. */
export async function startTestCluster(): Promise<TestCluster> {
  const dataDir = temporaryDirectory();
  const port = await freePorts(2 * SERVERS.length);
  const routePorts = SERVERS.map((server) => port + SERVERS.length + server);
  const routes = routePorts.map((routePort) => `"nats://127.0.0.1:${routePort}"`).join();
  const start = (server: number): Promise<RunningNats> => {
    const cluster = `cluster { name: test, listen: "127.0.0.1:${routePorts[server]}", routes: [${routes}] }`;
    const config = `server_name: server-${server}\n${cluster}`;
    return startNats({ dataDir: join(dataDir, String(server)), port: port + server, config });
  };
  const servers = await Promise.all(SERVERS.map(start));
  return {
    urls: servers.map(({ url }) => url),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
