import type { IntegrationPlace } from '@integrations/database';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import { servedBases } from './served-bases';

const row = (endpoint: string) => ({ provider: 'forge', endpoint, config: {} }) as IntegrationPlace;
const registry = (plugin: Partial<ConnectorPlugin> | undefined) => ({
  find: () => plugin as ConnectorPlugin | undefined,
  validateConfig: () => ({ ok: true as const, value: {} }),
});

it.each([
  ['its own place', 'https://forge.example.com:8443/x', {}, ['forge.example.com:8443/x']],
  ['nothing at a socket', 'unix:///run/forge.sock', {}, []],
  ['what its plugin says', 'unix:///run/forge.sock', { serves: () => ['forge.example.com'] }, ['forge.example.com']],
  ['nothing where its plugin says nothing', 'https://forge.example.com', { serves: () => undefined as never }, []],
  ['no place that is none', 'https://forge.example.com', { serves: () => [null, 'a.example'] as never }, ['a.example']],
  ['nothing without its plugin', 'https://forge.example.com', undefined, []],
])('an integration serves %s', (_what, endpoint, plugin, bases) => {
  expect(servedBases(row(endpoint), registry(plugin))).toEqual(bases);
});
