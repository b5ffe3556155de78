import type { IntegrationPlace } from '@integrations/database';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import { servedBases } from './served-bases';

const row = (endpoint: string) => ({ provider: 'forge', endpoint, config: {} }) as IntegrationPlace;
const registry = (plugin: Partial<ConnectorPlugin> | undefined) => ({
  find: () => plugin as ConnectorPlugin | undefined,
  validateConfig: () => ({ ok: true as const, value: {} }),
});

it.each([
  ['its own address', 'https://forge.example.com:8443/x', {}, ['forge.example.com:8443/x']],
  ['nothing when it is reached by a socket', 'unix:///run/forge.sock', {}, []],
  ['what its plugin says', 'unix:///run/forge.sock', { serves: () => ['forge.example.com'] }, ['forge.example.com']],
  ['nothing when its plugin returns undefined', 'https://forge.example.com', { serves: () => undefined as never }, []],
  [
    'only valid bases that its plugin names',
    'https://forge.example.com',
    { serves: () => [null, 'a.example'] as never },
    ['a.example'],
  ],
  ['nothing when its plugin is not loaded', 'https://forge.example.com', undefined, []],
])('an integration serves %s', (_what, endpoint, plugin, bases) => {
  expect(servedBases(row(endpoint), registry(plugin))).toEqual(bases);
});
