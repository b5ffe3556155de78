import { PlatformModule } from '@integrations/bootstrap';
import { createOwnProviders, loadPlugins, ProviderRegistry } from '@integrations/providers';
import { Scrubber } from '@integrations/telemetry';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access/access.guard';
import { AnnotationsController } from './annotations/annotations.controller';
import type { CatalogConfig } from './config';
import { CatalogReader } from './integrations/catalog-reader';
import { CatalogRpc } from './integrations/catalog.rpc';
import { CatalogWriter } from './integrations/catalog-writer';
import { ConditionController } from './integrations/condition.controller';
import { ConnectionTest } from './integrations/connection-test';
import { IntegrationsController } from './integrations/integrations.controller';
import { ProvidersController } from './providers/providers.controller';

export const APP_NAME = 'catalog-api';

@Module({})
export class CatalogApiModule {
  static forRoot(config: CatalogConfig): DynamicModule {
    return {
      module: CatalogApiModule,
      imports: [PlatformModule.forRoot({ name: APP_NAME, config, scrubber: new Scrubber() })],
      controllers: [
        ProvidersController,
        IntegrationsController,
        ConditionController,
        AnnotationsController,
        CatalogRpc,
      ],
      providers: [
        CatalogReader,
        CatalogWriter,
        ConnectionTest,
        // To describe providers and to check configurations; what would call a vendor is not even wired here.
        { provide: ProviderRegistry, useFactory: () => createRegistry(config.providerPlugins) },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
    };
  }
}

async function createRegistry(packageNames: readonly string[]): Promise<ProviderRegistry> {
  const registry = new ProviderRegistry(createOwnProviders(), await loadPlugins(packageNames));
  const log = new Logger(ProviderRegistry.name);
  for (const { packageName, reason } of registry.rejected)
    log.warn({ packageName, reason }, 'provider plugin not used');
  return registry;
}
