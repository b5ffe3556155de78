import {
  type FieldError,
  type IntegrationType,
  type ProviderDescriptor,
  validate,
  type Validated,
} from '@integrations/contracts';
import type { Availability, ConnectorPlugin } from '@integrations/provider-kit';
import { configSchema } from './config-schema';
import { CONNECTION, readConnection, withoutConnection } from './connection-settings';
import type { LoadedPlugins, RejectedPlugin } from './load-plugins';

/** Every provider that this process knows, by name. */
export class ProviderRegistry {
  readonly #plugins = new Map<string, ConnectorPlugin>();
  readonly #rejected: RejectedPlugin[] = [];

  /** Throws if two of our own plugins share a name; rejects a third-party plugin whose name is taken. */
  constructor(own: readonly ConnectorPlugin[], thirdParty: LoadedPlugins = { plugins: [], rejected: [] }) {
    for (const plugin of own) {
      if (this.#plugins.has(plugin.provider)) throw new Error(`provider ${plugin.provider} is registered twice`);
      this.#plugins.set(plugin.provider, plugin);
    }
    this.#rejected.push(...thirdParty.rejected);
    for (const { packageName, plugin } of thirdParty.plugins) this.#add(packageName, plugin);
  }

  find(provider: string): ConnectorPlugin | undefined {
    return this.#plugins.get(provider);
  }

  ofType(type: IntegrationType): ConnectorPlugin[] {
    return [...this.#plugins.values()].filter((plugin) => plugin.type === type);
  }

  /** Third-party packages that could not be used, each with the reason. They have no descriptor. */
  get rejected(): readonly RejectedPlugin[] {
    return this.#rejected;
  }

  /** Sorted by provider name. */
  descriptors(): ProviderDescriptor[] {
    const plugins = [...this.#plugins.values()].sort((a, b) => a.provider.localeCompare(b.provider, 'en'));
    return plugins.map(describe);
  }

  /** The error for a provider that `find` does not know. */
  unknownProvider(): FieldError {
    const known = [...this.#plugins.keys()].sort().join(', ');
    return { field: 'provider', message: `must be one of the loaded providers: ${known}` };
  }

  /**
   * Checks a registration's `config` and returns the plugin's own part of it. The fields of the errors begin with
   * `config`; the field is `provider` if the provider is unknown.
   */
  validateConfig(provider: string, config: unknown): Validated<object> {
    const plugin = this.find(provider);
    if (!plugin) return { ok: false, errors: [this.unknownProvider()] };
    const checked = validate(plugin.config, withoutConnection(config), { knownBesides: [CONNECTION] });
    const connection = readConnection(config);
    if (checked.ok && connection.ok) return checked;
    const errors = [checked, connection]
      .flatMap((part) => (part.ok ? [] : part.errors))
      .map(({ field, message }) => ({ field: underConfig(field), message }));
    return { ok: false, errors };
  }

  #add(packageName: string, plugin: ConnectorPlugin): void {
    if (this.#plugins.has(plugin.provider)) {
      const reason = `provider ${plugin.provider} is already registered`;
      this.#rejected.push({ packageName, reason });
      return;
    }
    this.#plugins.set(plugin.provider, plugin);
  }
}

/** Whether the plugin says that it can work here; a plugin that fails to answer is unavailable. */
export function availabilityOf(plugin: ConnectorPlugin): Availability {
  try {
    const answer: Partial<Availability> | null | undefined = plugin.isAvailable();
    const isValid = typeof answer?.available === 'boolean' && typeof (answer.reason ?? '') === 'string';
    if (isValid) return answer as Availability;
    return {
      available: false,
      reason: 'isAvailable() must return { available: boolean, reason?: string } synchronously',
    };
  } catch (error) {
    return { available: false, reason: `isAvailable() failed: ${error instanceof Error ? error.message : 'unknown'}` };
  }
}

function describe(plugin: ConnectorPlugin): ProviderDescriptor {
  const { available, reason } = availabilityOf(plugin);
  return {
    provider: plugin.provider,
    type: plugin.type,
    displayName: plugin.displayName,
    capabilities: plugin.capabilities,
    requiredScopes: plugin.requiredScopes,
    defaultEndpoint: plugin.defaultEndpoint,
    credential: plugin.credential,
    configSchema: configSchema(plugin.config),
    available,
    unavailableReason: available ? null : (reason ?? 'the plugin gives no reason'),
  };
}

function underConfig(field: string): string {
  if (field === '') return 'config';
  return field.startsWith('[') ? `config${field}` : `config.${field}`;
}
