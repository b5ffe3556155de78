import type { ConnectorPlugin } from '@integrations/provider-kit';
import { createInMemoryPlugin } from './in-memory/plugin';

/** Every provider of this repository, one line each. */
export function createOwnProviders(): ConnectorPlugin[] {
  return [createInMemoryPlugin()];
}
