import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { HealthWorkerModule } from '../../../apps/health-worker/src/health-worker.module';

/** Starts the app in this process, with the database, NATS and further settings of the spec. */
export function startHealthWorker(env: NodeJS.ProcessEnv): Promise<NestFastifyApplication> {
  const config = loadConfig(HealthWorkerConfig, { DEFAULT_TENANT: 'acme', LOG_LEVEL: 'silent', ...env });
  return createService({ name: 'health-worker', config, module: HealthWorkerModule.forRoot(config) });
}
