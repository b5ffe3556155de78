import {
  type HealthCheckResult,
  PROBE_CODES,
  type ProbeCode,
  type ProbeVerdict,
  socketPathOf,
  type TestConnectionResult,
} from '@integrations/contracts';
import {
  type CallGate,
  type CiConnector,
  type Clock,
  type ConnectorPlugin,
  type CredentialSource,
  type Discovery,
  type EgressClient,
  type HeartbeatSource,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  type ProviderSession,
  type RegistryConnector,
  type RuntimeHostConnector,
  type ScmAnnotationClient,
  type SecretPurpose,
  type SecretRequest,
  type SecretResolver,
  type TokenCache,
} from '@integrations/provider-kit';
import { checkedAnswer, checkedVerdict, SESSION } from './answers';
import type { Guarded } from './as-provider-error';
import { CheckedConfigs } from './checked-configs';
import { refsOf } from './connection-settings';
import { type CredentialBudget, credentialBudget } from './credential-budget';
import { egressOf } from './egress-of';
import { guarded, guardedPure } from './guard';
import { guardSession } from './guard-session';
import { identityAt } from './identity-at';
import { readAfresh } from './read-afresh';
import { availabilityOf, type ProviderRegistry } from './registry';
import { scrubVerdict } from './scrub-verdict';
import { type Hide, tokensOf } from './tokens-of';
import { type CallWatch, watchedEgress } from './watched-egress';

/** A registration as it is stored. `config` is checked again before a plugin sees it. */
export interface RegisteredIntegration {
  readonly id: string;
  readonly tenantId: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly authRef: string | null;
  readonly config: unknown;
}

export interface ConnectorOptions {
  readonly registry: ProviderRegistry;
  readonly egress: Pick<EgressClient, 'bind'>;
  readonly tokens: TokenCache;
  readonly secrets: SecretResolver;
  readonly clock: Clock;
  /** Absent where this process does not receive heartbeats of agents. */
  readonly heartbeats?: HeartbeatSource;
  /** Removes a tenant's known secrets from a text that it is shown; absent where no secrets are resolved. */
  readonly scrub?: (text: string, tenantId: string) => string;
  /** Called with each secret that `scrub` must know in addition to those that are resolved, such as minted tokens. */
  readonly hide?: Hide;
  /** Called with an unexpected error of a probe, which the verdict does not quote. */
  readonly onFault?: (about: ProbeFault, error: unknown) => void;
}

/** The integration whose probe failed. */
export interface ProbeFault {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly provider: string;
}

interface Posting {
  readonly gate?: CallGate;
  readonly watch?: CallWatch;
}

/** A plugin with the arguments of its methods. */
export interface Connection {
  readonly plugin: ConnectorPlugin;
  readonly integration: IntegrationConfig;
  readonly deps: ProviderDeps;
}

/**
 * Connects registrations to their providers, and shields callers from faulty plugins: anything a plugin throws becomes
 * a ProviderError, every probe ends in a verdict, and every asynchronous call settles at most 1 s after its signal
 * aborts.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #configs: CheckedConfigs;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#configs = new CheckedConfigs(options.registry);
  }

  /**
   * No I/O. Throws ProviderError `provider_unavailable` (the plugin is not loaded, or cannot work here) or
   * `invalid_request` (the stored config is no longer valid, and the message names the field; or the endpoint is a unix
   * socket that the provider does not support). `afresh`: the first use of each secret bypasses the cache.
   */
  open(integration: RegisteredIntegration, purpose: SecretPurpose, afresh = purpose === 'test'): Connection {
    const plugin = this.#plugin(integration.provider);
    const { id: integrationId, tenantId, endpoint } = integration;
    if (socketPathOf(endpoint) !== null && !plugin.unixSocket) throw noSocket(integration.provider);
    const { own: config, connection } = this.#configs.of(integration);
    const opened = { integrationId, tenantId, endpoint, config };
    const { egress: client, tokens, clock, heartbeats, hide = () => undefined } = this.#options;
    const secrets = afresh ? readAfresh(this.#options.secrets) : this.#options.secrets;
    const requestFor = requestsOf(integration, purpose);
    const { authRef } = integration;
    const cloud = identityAt(plugin, opened);
    const request = authRef === null ? null : { ...requestFor(authRef), ...(cloud ? { identityAt: cloud } : {}) };
    return {
      plugin,
      integration: opened,
      deps: {
        egress: egressOf(plugin, opened, connection, { client, secrets, requestFor }),
        tokens: tokensOf(tokens, opened, connection, hide),
        credential: credentialOf(secrets, request),
        clock,
        heartbeats: heartbeats?.ofTenant(tenantId),
        report: (error) => this.#report(integration, error),
      },
    };
  }

  /**
   * Posts on pull requests. `gate` is asked before each call that counts against the provider's budget; `watch` is
   * notified of every call. Throws as `open` does, and `unsupported_operation` if the provider cannot annotate.
   */
  annotations(integration: RegisteredIntegration, gate?: CallGate, watch?: CallWatch): ScmAnnotationClient {
    return this.#part('annotations', integration, 'cannot annotate', { gate, watch });
  }

  /**
   * Resolves the secrets that the integration posts with, including those of its connection, so that `scrub` knows them
   * before the first post: a text may be written earlier. A secret that cannot be resolved is skipped, because posting
   * either reports the failure or works without it. Never throws.
   */
  async learnSecrets(integration: RegisteredIntegration, signal: AbortSignal): Promise<void> {
    try {
      const { deps } = this.open(integration, 'annotate');
      const { connection } = this.#configs.of(integration);
      const requests = Object.values(refsOf(connection)).map(requestsOf(integration, 'annotate'));
      const others = requests.map((request) => this.#options.secrets.resolve(request, signal));
      await Promise.allSettled([deps.credential.resolve(signal), ...others]);
    } catch {
      // Posting will report it.
    }
  }

  /** Lists what can be discovered. Throws as `open` does, and `unsupported_operation` if that is nothing. */
  discovery(integration: RegisteredIntegration): Discovery {
    return this.#part('discovery', integration, 'cannot list anything');
  }

  /** Reads images. Throws as `open` does, and `unsupported_operation` if the provider is not a registry. */
  registry(integration: RegisteredIntegration): RegistryConnector {
    return this.#part('registry', integration, 'is not a container registry');
  }

  /** Reads pipelines. Throws as `open` does, and `unsupported_operation` if the provider is not a CI system. */
  ci(integration: RegisteredIntegration): CiConnector {
    return this.#part('ci', integration, 'is not a CI system');
  }

  /** Lists workloads. Throws as `open` does, and `unsupported_operation` if the provider cannot list any. */
  runtime(integration: RegisteredIntegration): RuntimeHostConnector {
    return this.#part('runtime', integration, 'lists no workloads');
  }

  /** The rate limits of the integration's credential for `owner`; null if it shares none. Throws as `open` does. */
  budget(integration: RegisteredIntegration, owner: string): CredentialBudget | null {
    const guarding = this.#guarded(integration);
    return guardedPure(guarding, () => {
      const { plugin, integration: opened } = this.open(integration, 'annotate');
      return credentialBudget(guarding, plugin, opened, integration.authRef, owner);
    });
  }

  /** A deep probe on demand. Never throws. */
  test(integration: RegisteredIntegration, signal: AbortSignal): Promise<TestConnectionResult> {
    return this.#probe('testConnection', () => this.open(integration, 'test'), integration, signal);
  }

  /** A cheap periodic probe. `afresh`: the first use of each secret bypasses the cache. Never throws. */
  check(integration: RegisteredIntegration, signal: AbortSignal, afresh = false): Promise<HealthCheckResult> {
    return this.#probe('checkHealth', () => this.open(integration, 'health', afresh), integration, signal);
  }

  #part<P extends keyof ProviderSession>(
    part: P,
    integration: RegisteredIntegration,
    otherwise: string,
    posting: Posting = {},
  ): NonNullable<ProviderSession[P]> {
    const found = this.#session(integration, part === 'annotations' ? 'annotate' : 'discover', posting)[part];
    if (found) return found;
    throw new ProviderError('unsupported_operation', `${integration.provider} ${otherwise}`);
  }

  #session(integration: RegisteredIntegration, purpose: SecretPurpose, { gate, watch }: Posting): ProviderSession {
    const guarding = this.#guarded(integration);
    return guardedPure(guarding, () => {
      const { plugin, integration: opened, deps } = this.open(integration, purpose);
      const egress = watch ? watchedEgress(deps.egress, watch) : deps.egress;
      const session = plugin.open(opened, { ...deps, ...(gate ? { gate } : {}), egress });
      return guardSession(checkedAnswer(guarding, 'open', SESSION, session), guarding);
    });
  }

  #guarded({ provider, tenantId }: RegisteredIntegration): Guarded {
    const { scrub } = this.#options;
    return { provider, scrub: (text) => scrub?.(text, tenantId) ?? text };
  }

  #plugin(provider: string): ConnectorPlugin {
    const plugin = this.#options.registry.find(provider);
    if (!plugin) throw unavailable(provider, 'no plugin of that name is loaded here');
    const { available, reason } = availabilityOf(plugin);
    if (!available) throw unavailable(provider, reason ?? 'the plugin gives no reason');
    return plugin;
  }

  async #probe(
    method: 'testConnection' | 'checkHealth',
    open: () => Connection,
    integration: RegisteredIntegration,
    signal: AbortSignal,
  ): Promise<ProbeVerdict> {
    const { clock } = this.#options;
    const guarding = this.#guarded(integration);
    const start = clock.now();
    try {
      const { plugin, integration: config, deps } = open();
      const verdict = await guarded(guarding, signal, () => plugin[method](config, deps, signal));
      return scrubVerdict(checkedVerdict(guarding, method, verdict), guarding.scrub);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code === 'internal') this.#report(integration, error);
      return verdictOn(error, start, clock.now());
    }
  }

  #report({ tenantId, id: integrationId, provider }: RegisteredIntegration, error: unknown): void {
    this.#options.onFault?.({ tenantId, integrationId, provider }, error);
  }
}

function noSocket(provider: string): ProviderError {
  return new ProviderError(
    'invalid_request',
    `endpoint must be an http or https URL: ${provider} does not support unix sockets`,
  );
}

function unavailable(provider: string, why: string): ProviderError {
  return new ProviderError('provider_unavailable', `${provider}: ${why}`);
}

function requestsOf({ id: integrationId, tenantId }: RegisteredIntegration, purpose: SecretPurpose) {
  return (authRef: string): SecretRequest => ({ tenantId, authRef, purpose, integrationId });
}

const NO_CREDENTIAL: CredentialSource = {
  present: false,
  resolve: async () => {
    throw new ProviderError('secret_unresolvable', 'the integration has no authRef', { transient: false });
  },
  forget: () => undefined,
};

function credentialOf(secrets: SecretResolver, request: SecretRequest | null): CredentialSource {
  if (request === null) return NO_CREDENTIAL;
  return {
    present: true,
    resolve: (signal) => secrets.resolve(request, signal),
    forget: () => secrets.forget(request),
  };
}

/** The verdict of a probe that could not start, or whose plugin threw. */
function verdictOn(error: unknown, start: number, now: number): ProbeVerdict {
  const known = error instanceof ProviderError;
  const code: ProbeCode = known && error.code === 'invalid_request' ? 'config_invalid' : 'prober_error';
  return {
    status: code === 'config_invalid' ? 'unhealthy' : 'unknown',
    code,
    message: known ? error.message : 'the probe failed unexpectedly',
    remediation: PROBE_CODES[code],
    stages: [],
    latencyMs: Math.max(0, now - start),
    checkedAt: new Date(now).toISOString(),
    warnings: [],
  };
}
