import type { ServiceOptions } from '@integrations/bootstrap';
import { APP_NAME } from './app-name';
import { CatalogApiModule } from './catalog-api.module';
import type { CatalogConfig } from './config';
import { answerUnreadable, answerUnreadableAddress } from './http/answer-unreadable';
import { configureHttp } from './http/configure-http';

/** The app, as main.ts runs it and tests start it in their own process. `consoleFolder` holds the console's build. */
export function catalogService(config: CatalogConfig, consoleFolder?: string): ServiceOptions {
  return {
    name: APP_NAME,
    config,
    module: CatalogApiModule.forRoot(config, consoleFolder),
    configure: configureHttp,
    shutdownDelayMs: config.shutdownDelayMs,
    trustedProxies: config.trustedProxies,
    onUnreadableAddress: answerUnreadableAddress,
    onUnreadableRequest: answerUnreadable,
  };
}
