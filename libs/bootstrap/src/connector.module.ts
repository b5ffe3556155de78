import { Bus } from '@integrations/bus';
import { AuditRepository, SealedSecretRepository } from '@integrations/database';
import { type Clock, createTokenCache, EgressClient, type HeartbeatSource } from '@integrations/provider-kit';
import { Connector, ProviderRegistry } from '@integrations/providers';
import {
  type AccessAudit,
  CachingSecretResolver,
  configuredMasterKeys,
  configuredStores,
  fingerprintUnder,
} from '@integrations/secrets';
import { Scrubber } from '@integrations/telemetry';
import { type DynamicModule, type FactoryProvider, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type ConnectorConfig, proxyOf } from './connector-config';
import { hideFrom } from './hide-from';
import { setLookupThreads } from './lookup-threads';
import { MasterKeyCheck } from './master-key-check';
import { operatorEgress, USER_AGENT } from './operator-egress';
import { ProvidersModule } from './providers.module';

export interface ConnectorOptions {
  /** The app's name in the access audit. */
  readonly name: string;
  readonly config: ConnectorConfig;
  /** Present in an app that listens to host agents. */
  readonly heartbeats?: HeartbeatSource;
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now() };
/** The resolution of a secret waits no longer than this for its store. */
const STORE_TIMEOUT_MS = 10_000;

/** The egress client for secret stores. */
const STORE_EGRESS = Symbol('STORE_EGRESS');

/** Everything needed to call connected services: providers, egress, secrets with their access audit, minted tokens. */
@Module({})
export class ConnectorModule implements OnApplicationShutdown {
  constructor(
    private readonly egress: EgressClient,
    @Inject(STORE_EGRESS) private readonly storeEgress: EgressClient,
  ) {}

  static forRoot(options: ConnectorOptions): DynamicModule {
    setLookupThreads(process.env);
    return {
      module: ConnectorModule,
      global: true,
      imports: [ProvidersModule.forRoot(options.config.providerPlugins)],
      providers: [
        vendorEgress(options),
        storeEgress(options),
        masterKeyCheck(options),
        secretResolver(options),
        connector(options),
      ],
      exports: [Connector],
    };
  }

  /** Destroys the stores' egress: reads of secrets go on without callers, and all callers have gone by now. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.egress.close(), this.storeEgress.destroy()]);
  }
}

function vendorEgress({ config }: ConnectorOptions): FactoryProvider<EgressClient> {
  const { egressAllow: allow, egressProxies: namedProxies, egressUnixSockets: unixSockets } = config;
  const vendors = { userAgent: USER_AGENT, ...proxyOf(config), namedProxies, unixSockets, policy: { allow } };
  return { provide: EgressClient, useFactory: () => new EgressClient(vendors) };
}

function storeEgress({ config }: ConnectorOptions): FactoryProvider<EgressClient> {
  return { provide: STORE_EGRESS, useFactory: () => operatorEgress(config, { totalTimeoutMs: STORE_TIMEOUT_MS }) };
}

function masterKeyCheck({ config }: ConnectorOptions): FactoryProvider<MasterKeyCheck> {
  return {
    provide: MasterKeyCheck,
    useFactory: (storage: SealedSecretRepository, log: PinoLogger) => {
      log.setContext(MasterKeyCheck.name);
      return new MasterKeyCheck(storage, configuredMasterKeys(config), log);
    },
    inject: [SealedSecretRepository, PinoLogger],
  };
}

function secretResolver({ name, config }: ConnectorOptions): FactoryProvider<CachingSecretResolver> {
  return {
    provide: CachingSecretResolver,
    useFactory: (
      egress: EgressClient,
      bus: Bus,
      audit: AuditRepository,
      storage: SealedSecretRepository,
      scrubber: Scrubber,
    ) => {
      const hide = hideFrom(scrubber);
      return new CachingSecretResolver({
        stores: configuredStores(config, {
          storage,
          egress,
          ask: (subject, body, asking) => bus.request(subject, body, asking),
          env: process.env,
          clock: SYSTEM_CLOCK,
          hide: (value) => scrubber.add(value),
        }),
        audit: auditOf(name, audit),
        clock: SYSTEM_CLOCK,
        fingerprint: fingerprintUnder(configuredMasterKeys(config)),
        onResolved: (secret, tenantId) => hide(secret.reveal(), tenantId),
      });
    },
    inject: [STORE_EGRESS, Bus, AuditRepository, SealedSecretRepository, Scrubber],
  };
}

function connector({ heartbeats }: ConnectorOptions): FactoryProvider<Connector> {
  return {
    provide: Connector,
    useFactory: (
      registry: ProviderRegistry,
      egress: EgressClient,
      secrets: CachingSecretResolver,
      scrubber: Scrubber,
      log: PinoLogger,
    ) => {
      log.setContext(Connector.name);
      return new Connector({
        registry,
        egress,
        tokens: createTokenCache(SYSTEM_CLOCK),
        secrets,
        clock: SYSTEM_CLOCK,
        heartbeats,
        scrub: (text, tenantId) => scrubber.scrub(text, tenantId),
        hide: hideFrom(scrubber),
        onFault: (about, err) => log.error({ ...about, err }, 'probe failed unexpectedly'),
      });
    },
    inject: [ProviderRegistry, EgressClient, CachingSecretResolver, Scrubber, PinoLogger],
  };
}

function auditOf(app: string, audit: AuditRepository): AccessAudit {
  return {
    record: ({ at: _, tenantId, integrationId, outcome, ...detail }) =>
      audit.append({ tenantId, actor: app, app, action: 'credential.leased', integrationId, outcome, detail }),
  };
}
