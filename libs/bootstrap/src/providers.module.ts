import { createOwnProviders, loadPlugins, ProviderRegistry } from '@integrations/providers';
import { type DynamicModule, Logger, Module } from '@nestjs/common';

/** The providers of this installation, to describe them and to check configurations. Makes no calls. */
@Module({})
export class ProvidersModule {
  static forRoot(packageNames: readonly string[]): DynamicModule {
    return {
      module: ProvidersModule,
      global: true,
      providers: [{ provide: ProviderRegistry, useFactory: () => createRegistry(packageNames) }],
      exports: [ProviderRegistry],
    };
  }
}

async function createRegistry(packageNames: readonly string[]): Promise<ProviderRegistry> {
  const registry = new ProviderRegistry(createOwnProviders(), await loadPlugins(packageNames));
  const log = new Logger(ProviderRegistry.name);
  for (const { error: err, ...rejected } of registry.rejected) {
    log.warn({ ...rejected, ...(err === undefined ? {} : { err }) }, 'provider plugin not used');
  }
  return registry;
}
