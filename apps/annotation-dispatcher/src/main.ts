import { runService } from '@integrations/bootstrap';
import { exitOnConfigError, loadConfig } from '@integrations/config';
import { AnnotationDispatcherModule } from './annotation-dispatcher.module';
import { APP_NAME } from './app-name';
import { DispatcherConfig } from './config';

const config = exitOnConfigError(() => loadConfig(DispatcherConfig, process.env));
await runService({
  name: APP_NAME,
  config,
  module: AnnotationDispatcherModule.forRoot(config),
});
