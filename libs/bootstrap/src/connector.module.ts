import { AuditRepository, SealedSecretRepository } from '@integrations/database';
import { type Clock, createTokenCache, EgressClient } from '@integrations/provider-kit';
import { Connector, ProviderRegistry } from '@integrations/providers';
import { type AccessAudit, CachingSecretResolver, configuredStores } from '@integrations/secrets';
import type { Scrubber } from '@integrations/telemetry';
import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { ConnectorConfig } from './connector-config';
import { ProvidersModule } from './providers.module';

export interface ConnectorOptions {
  /** The app, as the access audit names it. */
  readonly name: string;
  readonly config: ConnectorConfig;
  readonly scrubber: Scrubber;
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now() };

/** The way to connected services: providers, egress, secrets with their access audit, minted tokens. */
@Module({})
export class ConnectorModule implements OnApplicationShutdown {
  constructor(private readonly egress: EgressClient) {}

  static forRoot(options: ConnectorOptions): DynamicModule {
    const { egressAllow: allow, providerPlugins } = options.config;
    return {
      module: ConnectorModule,
      global: true,
      imports: [ProvidersModule.forRoot(providerPlugins)],
      providers: [
        {
          provide: EgressClient,
          useFactory: () => new EgressClient({ policy: { allow }, userAgent: 'stella-ops-integrations' }),
        },
        {
          provide: Connector,
          useFactory: (
            registry: ProviderRegistry,
            egress: EgressClient,
            audit: AuditRepository,
            storage: SealedSecretRepository,
          ) =>
            new Connector({
              registry,
              egress,
              tokens: createTokenCache(SYSTEM_CLOCK, { onMinted: (token) => options.scrubber.add(token) }),
              secrets: createResolver(options, egress, audit, storage),
              clock: SYSTEM_CLOCK,
            }),
          inject: [ProviderRegistry, EgressClient, AuditRepository, SealedSecretRepository],
        },
      ],
      exports: [Connector],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.egress.close();
  }
}

function createResolver(
  { name, config, scrubber }: ConnectorOptions,
  egress: EgressClient,
  audit: AuditRepository,
  storage: SealedSecretRepository,
): CachingSecretResolver {
  return new CachingSecretResolver({
    stores: configuredStores(config, { env: process.env, storage, egress, clock: SYSTEM_CLOCK }),
    audit: auditOf(name, audit),
    clock: SYSTEM_CLOCK,
    onResolved: (secret) => scrubber.add(secret.reveal()),
  });
}

function auditOf(app: string, audit: AuditRepository): AccessAudit {
  return {
    record: ({ at: _, tenantId, integrationId, outcome, ...detail }) =>
      audit.append({ tenantId, actor: app, app, action: 'credential.leased', integrationId, outcome, detail }),
  };
}
