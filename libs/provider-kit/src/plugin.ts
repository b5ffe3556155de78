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

/** Incremented when plugins written for the previous contract would no longer work. */
export const PLUGIN_CONTRACT_VERSION = 1;

/** A registered connection as a plugin sees it. `config` is a validated instance of the plugin's config DTO. */
export interface IntegrationConfig<C extends object = object> {
  readonly integrationId: string;
  readonly tenantId: string;
  /** Base URL of the vendor's API, without a trailing slash; or `unix:///<path>`, if the plugin sets `unixSocket`. */
  readonly endpoint: string;
  readonly config: C;
}

/** The credential of one integration, for one purpose. */
export interface CredentialSource {
  /** True when the integration names a credential at all. */
  readonly present: boolean;
  resolve(signal: AbortSignal): Promise<Secret>;
  /** Call after the vendor answered 401: drops the cached value, so that the next `resolve` reads the secret store. */
  forget(): void;
}

/** Everything through which a plugin may reach the outside world. */
export interface ProviderDeps {
  readonly egress: Egress;
  readonly tokens: TokenCache;
  readonly credential: CredentialSource;
  readonly clock: Clock;
  /** Ask it before each call that `budget` counts. Absent: calls are not counted here. */
  readonly gate?: CallGate;
  /** Heartbeats of the tenant's agents. Absent where this process does not listen to them. */
  readonly heartbeats?: Heartbeats;
  /** Logs an unexpected error for code that must not throw it, such as `runProbe`. Absent: the error is not logged. */
  report?(error: unknown): void;
}

export interface Availability {
  readonly available: boolean;
  readonly reason?: string;
}

/** The code of a provider: describes it, opens connections to it and checks them. */
export interface ConnectorPlugin<C extends object = object> {
  readonly contractVersion: number;
  readonly provider: string;
  readonly type: IntegrationType;
  readonly displayName: string;
  readonly capabilities: readonly Capability[];
  /** The permissions that a connection test looks for, as the vendor names them. */
  readonly requiredScopes: readonly string[];
  /** The vendor's public API; null where every installation has its own address. */
  readonly defaultEndpoint: string | null;
  /** True if `endpoint` may be `unix:///<path>`, a socket that the operator allowed. Absent: http or https only. */
  readonly unixSocket?: boolean;
  readonly credential: { readonly required: boolean; readonly description: string };
  /** The class-validator DTO of `config`. */
  readonly config: new () => C;

  isAvailable(): Availability;
  /**
   * The places where this integration's repositories or images live: `host[:port][/path]`, such as `github.com` for
   * the endpoint `https://api.github.com`, or `ssh://host[/path]` for a place that is valid over SSH only. Absent: the
   * endpoint itself. Must be pure: it is called for every look-up.
   */
  serves?(integration: IntegrationConfig<C>): readonly string[];
  /**
   * The inverse of `serves`: the hosts, without ports, that the endpoint of an integration can have if the integration
   * serves something at `host`. Listing too many does no harm. Must be pure. If `serves` is present and this is absent,
   * the endpoint can have any host, so each look-up reads all integrations of the provider.
   */
  servedFrom?(host: string): readonly string[];
  /**
   * Origins that the plugin calls in addition to its endpoint's, such as a token server's `https://auth.example`. A
   * credential can be sent there, so they must come from the code or the config. The egress client refuses every other
   * origin, whatever URL a call names. Absent: none. Must be pure.
   */
  origins?(integration: IntegrationConfig<C>): readonly string[];
  /**
   * The cloud at which our own process's identity can serve as this integration's credential, or null for none. Name a
   * cloud only if every address of the integration is the cloud's own. Must be pure. Absent: our own identity is never
   * shown through this provider.
   */
  identityAt?(integration: IntegrationConfig<C>): Cloud | null;
  /**
   * How many calls the vendor allows this integration at `owner`. Must be pure: it is called for every operation.
   * Absent: the vendor publishes no limits; when it asks for a pause, all integrations that share the credential pause.
   */
  budget?(integration: IntegrationConfig<C>, owner: string): CallBudget;
  /** Opens without any I/O. */
  open(integration: IntegrationConfig<C>, deps: ProviderDeps): ProviderSession;
  /**
   * Thorough, and run on demand: proves, without writing, that the credential may do what the capabilities need. Always
   * resolves to a verdict; never rejects.
   */
  testConnection(
    integration: IntegrationConfig<C>,
    deps: ProviderDeps,
    signal: AbortSignal,
  ): Promise<TestConnectionResult>;
  /** Cheap, and run periodically: must spare quotas and never lock an account. Always resolves to a verdict. */
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
