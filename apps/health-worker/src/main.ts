import { runService } from '@integrations/bootstrap';
import { exitOnConfigError, loadConfig } from '@integrations/config';
import { HealthWorkerConfig } from './config';
import { HealthWorkerModule } from './health-worker.module';

const config = exitOnConfigError(() => loadConfig(HealthWorkerConfig, process.env));
await runService({
  name: 'health-worker',
  config,
  module: HealthWorkerModule.forRoot(config),
  answersRequests: true,
});
