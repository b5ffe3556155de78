import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type NatsOptions, type RunningNats, startNats } from '../../scripts/stack/nats.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { temporaryDirectory } from './temporary';

export interface TestNats {
  readonly url: string;
  /** The end of the server's log. */
  log(): string;
  /** Kills the server and starts it again with the same port and data. */
  restart(): Promise<void>;
  /** Like `restart`, but without the stored data. */
  loseStorage(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the spec file's own nats-server with JetStream. */
export async function startTestNats(options: Pick<NatsOptions, 'config' | 'env'> = {}): Promise<TestNats> {
  const dataDir = temporaryDirectory();
  const port = await freePorts(1);
  let server: RunningNats = await startNats({ dataDir, port, ...options });
  return {
    url: server.url,
    log: () => server.log(),
    restart: async () => {
      await server.kill();
      server = await startNats({ dataDir, port, ...options });
    },
    loseStorage: async () => {
      await server.kill();
      rmSync(join(dataDir, 'jetstream'), { recursive: true });
      server = await startNats({ dataDir, port, ...options });
    },
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
