import { runService } from '@integrations/bootstrap';
import { exitOnConfigError, loadConfig } from '@integrations/config';
import { APP_NAME } from './app-name';
import { HealthWorkerConfig } from './config';
import { HealthWorkerModule } from './health-worker.module';

const config = exitOnConfigError(() => loadConfig(HealthWorkerConfig, process.env));
await runService({
  name: APP_NAME,
  config,
  module: HealthWorkerModule.forRoot(config),
});
