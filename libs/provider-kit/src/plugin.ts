import type { Capability, HealthCheckResult, IntegrationType, TestConnectionResult } from '@integrations/contracts';
import type { CallBudget, CallGate } from './call-budget';
import type { CiConnector } from './ci/ci-connector';
import type { Clock } from './clock';
import type { Discovery } from './discovery';
import type { Egress } from './egress/egress';
import type { Heartbeats } from './heartbeats';
import type { RegistryConnector } from './registry/registry-connector';
import type { RuntimeHostConnector } from './runtime/runtime-host-connector';
import type { ScmAnnotationClient } from './scm-annotation-client';
import type { Cloud, Secret } from './secret';
import type { TokenCache } from './token-cache';

/** Raised when a plugin written for an older contract would no longer work. */
export const PLUGIN_CONTRACT_VERSION = 1;

/** A registered connection as a plugin sees it. `config` is an instance of the plugin's config DTO, already valid. */
export interface IntegrationConfig<C extends object = object> {
  readonly integrationId: string;
  readonly tenantId: string;
  /** Base URL of the vendor's API, without a trailing slash; or `unix:///<path>`, if the plugin takes that. */
  readonly endpoint: string;
  readonly config: C;
}

/** The credential of one integration, for one purpose. */
export interface CredentialSource {
  /** True when the integration names a credential at all. */
  readonly present: boolean;
  resolve(signal: AbortSignal): Promise<Secret>;
  /** After the vendor's 401: forgets the cached value, so that the next `resolve` asks the store. */
  forget(): void;
}

/** All that a plugin may use of the world. */
export interface ProviderDeps {
  readonly egress: Egress;
  readonly tokens: TokenCache;
  readonly credential: CredentialSource;
  readonly clock: Clock;
  /** To be asked before each call that `budget` counts; absent: none is counted here. */
  readonly gate?: CallGate;
  /** Of the agents of the integration's tenant; absent where nobody listens to them. */
  readonly heartbeats?: Heartbeats;
  /** Has an error logged that nobody foresaw, for who cannot throw it; absent: nobody reads of it. `runProbe` uses it. */
  report?(error: unknown): void;
}

export interface Availability {
  readonly available: boolean;
  readonly reason?: string;
}

/** A provider: what it is, and how to open a connection to it. */
export interface ConnectorPlugin<C extends object = object> {
  readonly contractVersion: number;
  readonly provider: string;
  readonly type: IntegrationType;
  readonly displayName: string;
  readonly capabilities: readonly Capability[];
  /** What a test proves, in the vendor's words. */
  readonly requiredScopes: readonly string[];
  /** The vendor's public API; null where every installation has its own address. */
  readonly defaultEndpoint: string | null;
  /** Whether the endpoint may be `unix:///<path>`, one of those that the operator named; absent: http or https only. */
  readonly unixSocket?: boolean;
  readonly credential: { readonly required: boolean; readonly description: string };
  /** The class-validator DTO of `config`. */
  readonly config: new () => C;

  isAvailable(): Availability;
  /**
   * Where the repositories or images live that this integration reaches, each `host[:port][/path]`, such as `github.com`
   * for the endpoint `https://api.github.com`; `ssh://host[/path]` where that is so over SSH only. Absent: at the endpoint
   * itself. Pure, and called for every look-up.
   */
  serves?(integration: IntegrationConfig<C>): readonly string[];
  /**
   * The way back from `serves`: at which hosts, without ports, the endpoint of an integration can be that serves something
   * at this host. Those named too many do no harm. Pure. Absent beside `serves`: at any, so that each look-up reads all
   * integrations of the provider.
   */
  servedFrom?(host: string): readonly string[];
  /**
   * Origins that it calls beside that of its endpoint, such as `https://auth.example` where tokens are given out. Pure. A
   * credential can be sent there, so they come from the code or the config. Absent: none. The egress client reaches no
   * other origin, whatever a call names.
   */
  origins?(integration: IntegrationConfig<C>): readonly string[];
  /**
   * The cloud whose own addresses are all that the integration names, and whose identity of our process it can do with for
   * a credential; null for any other. Pure. Absent: our own identity is never shown through this provider.
   */
  identityAt?(integration: IntegrationConfig<C>): Cloud | null;
  /**
   * How much the vendor lets this integration do at `owner`. Pure, and called for every operation. Absent: the vendor
   * names no limits, and whoever shares the credential waits when it asks to.
   */
  budget?(integration: IntegrationConfig<C>, owner: string): CallBudget;
  /** Opens without any I/O. */
  open(integration: IntegrationConfig<C>, deps: ProviderDeps): ProviderSession;
  /**
   * Deep and on demand: proves, without writing, that the credential may do what the capabilities need. Answers with a
   * verdict, whatever happens.
   */
  testConnection(
    integration: IntegrationConfig<C>,
    deps: ProviderDeps,
    signal: AbortSignal,
  ): Promise<TestConnectionResult>;
  /** Cheap and periodic: spares quotas and never locks an account. Answers with a verdict, whatever happens. */
  checkHealth(integration: IntegrationConfig<C>, deps: ProviderDeps, signal: AbortSignal): Promise<HealthCheckResult>;
}

/** An open connection. A capability that is absent is unsupported. */
export interface ProviderSession {
  readonly annotations?: ScmAnnotationClient;
  readonly discovery?: Discovery;
  readonly registry?: RegistryConnector;
  readonly ci?: CiConnector;
  readonly runtime?: RuntimeHostConnector;
}
