import { describeErrors } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { type ConnectionSettings, readConnection } from './connection-settings';
import type { ProviderRegistry } from './registry';

/** Of the configs that are kept: 100,000 of usual size, or a few hundred with a hundred certificates each. */
const MAX_CHARACTERS = 40_000_000;

interface Registered {
  readonly tenantId: string;
  readonly provider: string;
  readonly config: unknown;
}

interface CheckedConfig {
  /** The plugin's. */
  readonly own: object;
  readonly connection: ConnectionSettings;
}

/** Checking one costs more than all else in opening; they are read anew for each probe, and those of a tenant are alike. */
export class CheckedConfigs {
  readonly #registry: ProviderRegistry;
  readonly #configs = new Map<string, CheckedConfig>();
  /** Of their keys. */
  #characters = 0;

  constructor(registry: ProviderRegistry) {
    this.#registry = registry;
  }

  /** Throws `invalid_request` for one that is not valid, or not any more. */
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
