import { join } from 'node:path';
import { findNatsBinary } from '../../scripts/stack/nats.ts';
import { cleanUpAfterwards } from './clean-up';
import { findDockerRegistry } from './docker-registry';
import { freePorts } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import type { TestServers } from './global-teardown';
import { directoryOfRun, temporaryDirectoryInMemory } from './temporary';

/**
 * Starts one throw-away PostgreSQL for the whole run, in which each spec file creates its own databases. Each spec starts
 * its own nats-server or container registry; their binaries are fetched here, once. The run has its own temporary
 * directories, which are removed after it.
 */
export default async function globalSetup(): Promise<void> {
  const run = globalThis as TestServers;
  if (run.testServers) return; // a run that includes the end-to-end specs
  await findNatsBinary();
  await findDockerRegistry();
  const [directory, memory] = [directoryOfRun(), temporaryDirectoryInMemory()];
  cleanUpAfterwards([directory, memory]);
  const postgres = await startPostgres({
    dataDir: join(memory, 'postgres'),
    port: await freePorts(1),
    durable: false,
  });
  process.env.TEST_POSTGRES_URL = postgres.url;
  run.testServers = { directories: [directory, memory], stop: () => postgres.stop() };
}
