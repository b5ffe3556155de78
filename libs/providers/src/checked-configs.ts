import { describeErrors } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { type ConnectionSettings, readConnection } from './connection-settings';
import type { ProviderRegistry } from './registry';

/** Total length of the cached keys: 100,000 usual configs, or a few hundred that hold a hundred certificates each. */
const MAX_CHARACTERS = 40_000_000;

interface Registered {
  readonly tenantId: string;
  readonly provider: string;
  readonly config: unknown;
}

interface CheckedConfig {
  /** The plugin's own part of `config`. */
  readonly own: object;
  readonly connection: ConnectionSettings;
}

/** Caches checked configs: checking is the costliest part of `open`, and many configs of a tenant are equal. */
export class CheckedConfigs {
  readonly #registry: ProviderRegistry;
  readonly #configs = new Map<string, CheckedConfig>();
  /** Total length of the keys. */
  #characters = 0;

  constructor(registry: ProviderRegistry) {
    this.#registry = registry;
  }

  /** Throws `invalid_request` if the config is not valid, or no longer valid. */
  of({ tenantId, provider, config }: Registered): CheckedConfig {
    const key = JSON.stringify([tenantId, provider, config]);
    const known = this.#configs.get(key);
    if (known) return known;
    const checked = this.#check(provider, config);
    this.#characters += key.length;
    if (this.#characters > MAX_CHARACTERS) {
      this.#configs.clear();
      this.#characters = key.length;
    }
    this.#configs.set(key, checked);
    return checked;
  }

  #check(provider: string, config: unknown): CheckedConfig {
    const own = this.#registry.validateConfig(provider, config);
    if (!own.ok) throw new ProviderError('invalid_request', describeErrors(own.errors));
    const connection = readConnection(config);
    return { own: own.value, connection: connection.ok ? connection.value : {} };
  }
}
