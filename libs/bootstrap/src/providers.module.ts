import { createOwnProviders, loadPlugins, ProviderRegistry } from '@integrations/providers';
import { type DynamicModule, Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

/** The providers of this installation, to describe them and to check configurations. Makes no calls. */
@Module({})
export class ProvidersModule {
  static forRoot(packageNames: readonly string[]): DynamicModule {
    return {
      module: ProvidersModule,
      global: true,
      providers: [
        {
          provide: ProviderRegistry,
          useFactory: (log: PinoLogger) => createRegistry(packageNames, log),
          inject: [PinoLogger],
        },
      ],
      exports: [ProviderRegistry],
    };
  }
}

async function createRegistry(packageNames: readonly string[], log: PinoLogger): Promise<ProviderRegistry> {
  const registry = new ProviderRegistry(createOwnProviders(), await loadPlugins(packageNames));
  log.setContext(ProviderRegistry.name);
  for (const { error: err, ...rejected } of registry.rejected) {
    log.warn({ ...rejected, ...(err === undefined ? {} : { err }) }, 'provider plugin not used');
  }
  return registry;
}
