import { join } from 'node:path';
import { findNatsBinary } from '../../scripts/stack/nats.ts';
import { cleanUpAfterwards } from './clean-up';
import { findDockerRegistry } from './docker-registry';
import { freePorts } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import type { TestServers } from './global-teardown';
import { temporaryDirectory, temporaryDirectoryInMemory } from './temporary';

/**
 * One throw-away PostgreSQL for the whole run; each spec file makes databases of its own in it. Each spec starts its
 * own nats-server or container registry; the binaries are brought here, once. What the run leaves in temporary directories
 * is in one of its own, which goes with it.
 */
export default async function globalSetup(): Promise<void> {
  const run = globalThis as TestServers;
  if (run.testServers) return; // of a run that has the end-to-end specs, too
  await findNatsBinary();
  await findDockerRegistry();
  const [directory, memory] = [temporaryDirectory(), temporaryDirectoryInMemory()];
  cleanUpAfterwards([directory, memory]);
  process.env.TMPDIR = directory;
  const postgres = await startPostgres({
    dataDir: join(memory, 'postgres'),
    port: await freePorts(1),
    durable: false,
  });
  process.env.TEST_POSTGRES_URL = postgres.url;
  run.testServers = { directories: [directory, memory], stop: () => postgres.stop() };
}
