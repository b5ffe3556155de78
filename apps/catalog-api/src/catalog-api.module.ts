import { ConfigModule, PlatformModule, ProvidersModule } from '@integrations/bootstrap';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AccessModule } from './access/access.module';
import { AnnotationsModule } from './annotations/annotations.module';
import { APP_NAME } from './app-name';
import { AuditModule } from './audit/audit.module';
import { CatalogConfig } from './config';
import { ConsoleModule } from './console/console.module';
import { DiscoveryModule } from './discovery/discovery.module';
import { HealthModule } from './health/health.module';
import { NoQueryInterceptor } from './http/no-query.interceptor';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { IntegrationsModule } from './integrations/integrations.module';
import { ProvidersController } from './providers/providers.controller';
import { ResolveModule } from './resolve/resolve.module';
import { SecretsModule } from './secrets/secrets.module';

@Module({})
export class CatalogApiModule {
  static forRoot(config: CatalogConfig, consoleFolder?: string): DynamicModule {
    return {
      module: CatalogApiModule,
      // No ConnectorModule: this app neither resolves secrets nor calls vendors.
      imports: [
        ConfigModule.forRoot(CatalogConfig, config),
        PlatformModule.forRoot({ name: APP_NAME, config }),
        ProvidersModule.forRoot(config.providerPlugins),
        AccessModule,
        IdempotencyModule,
        IntegrationsModule,
        HealthModule,
        DiscoveryModule,
        AnnotationsModule,
        ConsoleModule.forRoot(consoleFolder),
        ResolveModule,
        SecretsModule,
        AuditModule,
      ],
      controllers: [ProvidersController],
      providers: [{ provide: APP_INTERCEPTOR, useClass: NoQueryInterceptor }],
    };
  }
}
