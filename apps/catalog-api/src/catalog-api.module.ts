import { PlatformModule, ProvidersModule } from '@integrations/bootstrap';
import { Scrubber } from '@integrations/telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module';
import { IssuerEgress } from './access/oidc/issuer-egress';
import { AnnotationsController } from './annotations/annotations.controller';
import { OfflineController } from './annotations/offline.controller';
import { OperationCommands } from './annotations/operation-commands';
import { ParkedPayloads } from './annotations/parked-payloads';
import { Previews } from './annotations/previews';
import { APP_NAME } from './app-name';
import { AuditModule } from './audit/audit.module';
import type { CatalogConfig } from './config';
import { ConsoleBuild } from './console/console-build';
import { ConsoleRoutes } from './console/console-routes';
import { SessionController } from './console/session.controller';
import { configuredIdentityProvider } from './console/sign-in/configured-identity-provider';
import { IDENTITY_PROVIDER, SignInController } from './console/sign-in/sign-in.controller';
import { DiscoveryController } from './discovery/discovery.controller';
import { CiController } from './discovery/ci.controller';
import { RegistryController } from './discovery/registry.controller';
import { RuntimeController } from './discovery/runtime.controller';
import { HealthWorker } from './health-worker';
import { HealthController } from './health/health.controller';
import { HealthReader } from './health/health-reader';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { CatalogReader } from './integrations/catalog-reader';
import { CatalogRpc } from './integrations/catalog.rpc';
import { CatalogWriter } from './integrations/catalog-writer';
import { ConnectionTestController } from './integrations/connection-test.controller';
import { DeletedController } from './integrations/deleted.controller';
import { DependentsController } from './integrations/dependents.controller';
import { Dependents } from './integrations/dependents';
import { DraftController } from './integrations/draft.controller';
import { EventsController } from './integrations/events.controller';
import { IntegrationsController } from './integrations/integrations.controller';
import { NamedSockets } from './integrations/named-sockets';
import { ProvidersController } from './providers/providers.controller';
import { ResolveRpc } from './resolve/resolve.rpc';
import { SecretsModule } from './secrets/secrets.module';

@Module({})
export class CatalogApiModule {
  static forRoot(config: CatalogConfig, consoleFolder?: string): DynamicModule {
    const scrubber = new Scrubber();
    return {
      module: CatalogApiModule,
      // No ConnectorModule: this app neither resolves secrets nor calls vendors. SecretsModule only writes secrets.
      imports: [
        PlatformModule.forRoot({ name: APP_NAME, config, scrubber }),
        ProvidersModule.forRoot(config.providerPlugins),
        AccessModule.forRoot(config),
        IdempotencyModule,
        SecretsModule.forRoot(config),
        AuditModule.forRoot(config),
      ],
      controllers: [
        ProvidersController,
        IntegrationsController,
        DeletedController,
        DraftController,
        DependentsController,
        EventsController,
        HealthController,
        ConnectionTestController,
        DiscoveryController,
        RegistryController,
        CiController,
        RuntimeController,
        OfflineController,
        AnnotationsController,
        SessionController,
        SignInController,
        CatalogRpc,
        ResolveRpc,
      ],
      providers: [
        { provide: ConsoleBuild, useValue: new ConsoleBuild(consoleFolder) },
        ConsoleRoutes,
        {
          provide: IDENTITY_PROVIDER,
          useFactory: ({ fetch }: IssuerEgress) =>
            configuredIdentityProvider(config, { fetch, hide: (secret) => scrubber.add(secret) }),
          inject: [IssuerEgress],
        },
        { provide: NamedSockets, useValue: new NamedSockets(config.egressUnixSockets) },
        CatalogReader,
        CatalogWriter,
        HealthReader,
        HealthWorker,
        Dependents,
        OperationCommands,
        ParkedPayloads,
        Previews,
      ],
    };
  }
}
