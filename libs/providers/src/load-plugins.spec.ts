import { loadPlugins } from './load-plugins';

class NoConfig {}

const goodPlugin = {
  contractVersion: 1,
  provider: 'acme',
  type: 'ci',
  displayName: 'Acme',
  capabilities: [],
  requiredScopes: [],
  defaultEndpoint: null,
  credential: { required: false, description: '' },
  config: NoConfig,
  isAvailable: () => ({ available: true }),
  open: () => ({}),
  testConnection: () => Promise.reject(new Error('not in this spec')),
  checkHealth: () => Promise.reject(new Error('not in this spec')),
};

const from = (packages: Record<string, unknown>) => (name: string) =>
  name in packages ? Promise.resolve(packages[name]) : Promise.reject(new Error(`Cannot find package '${name}'`));

const exporting = (plugin: unknown) => ({ createPlugin: () => plugin });

describe('loadPlugins', () => {
  it('loads each package once and creates its plugin', async () => {
    const createPlugin = jest.fn(() => goodPlugin);
    const loaded = await loadPlugins(['@acme/plugin', '@acme/plugin'], from({ '@acme/plugin': { createPlugin } }));

    expect(loaded).toEqual({ plugins: [{ packageName: '@acme/plugin', plugin: goodPlugin }], rejected: [] });
    expect(createPlugin).toHaveBeenCalledTimes(1);
  });

  it('continues after a package that fails, and reports the reason', async () => {
    const loaded = await loadPlugins(['missing', 'acme'], from({ acme: exporting(goodPlugin) }));

    expect(loaded.plugins).toHaveLength(1);
    const reason = "Cannot find package 'missing'";
    expect(loaded.rejected).toEqual([{ packageName: 'missing', reason, error: new Error(reason) }]);
  });

  it('continues after a package whose import never ends', async () => {
    jest.useFakeTimers();
    const never = new Promise<never>(() => undefined);
    const loading = loadPlugins(['endless', 'acme'], async (name) => (name === 'acme' ? exporting(goodPlugin) : never));
    await jest.advanceTimersByTimeAsync(10_000);
    jest.useRealTimers();

    const { plugins, rejected } = await loading;
    expect(plugins).toHaveLength(1);
    expect(rejected).toMatchObject([{ packageName: 'endless', reason: 'its import did not finish within 10000 ms' }]);
  });

  it('rejects a package that does not exist', async () => {
    const loaded = await loadPlugins(['integrations-plugin-that-nobody-wrote']);

    expect(loaded.plugins).toEqual([]);
    expect(loaded.rejected[0]?.reason).toContain('integrations-plugin-that-nobody-wrote');
  });

  it.each(['./plugin', '../plugin', '/etc/plugin', 'file:///plugin', 'https://x.example/p', 'a/../b', 'data:text', ''])(
    'imports only packages, not %j',
    async (name) => {
      const importPackage = jest.fn(() => Promise.resolve(exporting(goodPlugin)));
      const loaded = await loadPlugins([name], importPackage);

      expect(loaded.rejected).toEqual([{ packageName: name, reason: 'not the name of an npm package' }]);
      expect(importPackage).not.toHaveBeenCalled();
    },
  );

  it.each<[string, unknown]>([
    ['exports no function createPlugin', {}],
    ['exports no function createPlugin', { createPlugin: goodPlugin }],
    ['exports no function createPlugin, but nothing', {}],
    ['exports no function createPlugin, but default, version', { default: () => goodPlugin, version: '1' }],
    ['createPlugin() returned a promise; it must return the plugin', exporting(Promise.resolve(goodPlugin))],
    ['createPlugin() did not return an object', exporting(undefined)],
    ['written for plugin contract 2, this platform uses 1', exporting({ ...goodPlugin, contractVersion: 2 })],
    [
      'written for plugin contract unknown, this platform uses 1',
      exporting({ ...goodPlugin, contractVersion: undefined }),
    ],
    [
      'contract unknown, this platform uses 1: contractVersion must be a number',
      exporting({ ...goodPlugin, contractVersion: '1' }),
    ],
    [
      '; displayName must be a string; config must be',
      exporting({ ...goodPlugin, provider: '', displayName: '', config: 1 }),
    ],
    ['provider must match', exporting({ ...goodPlugin, provider: 'Acme Inc.' })],
    ['type must be one of scm, registry, ci, runtime_host', exporting({ ...goodPlugin, type: 'printer' })],
    ['displayName must be a string', exporting({ ...goodPlugin, displayName: '' })],
    ['capabilities must be a list of', exporting({ ...goodPlugin, capabilities: ['fly'] })],
    ['requiredScopes must be a list of strings', exporting({ ...goodPlugin, requiredScopes: [1] })],
    ['defaultEndpoint must be a URL without a trailing slash', exporting({ ...goodPlugin, defaultEndpoint: 'acme' })],
    ['defaultEndpoint must be a URL without', exporting({ ...goodPlugin, defaultEndpoint: 'https://acme.test/v1/' })],
    ['credential must be', exporting({ ...goodPlugin, credential: { required: 'yes' } })],
    ['config must be the DTO class', exporting({ ...goodPlugin, config: {} })],
    ['config must be the DTO class', exporting({ ...goodPlugin, config: () => new NoConfig() })],
    ['checkHealth must be a method', exporting({ ...goodPlugin, checkHealth: undefined })],
  ])('rejects an invalid plugin: %s', async (reason, exported) => {
    const loaded = await loadPlugins(['acme'], from({ acme: exported }));

    expect(loaded.plugins).toEqual([]);
    expect(loaded.rejected[0]?.reason).toContain(reason);
  });

  it('keeps the first line of an error message, and handles an error without one', async () => {
    const loaded = await loadPlugins(['loud', 'odd'], (name) =>
      name === 'loud' ? Promise.reject(new Error('boom\n  at secret place')) : Promise.reject(new Error('')),
    );

    expect(loaded.rejected.map(({ reason }) => reason)).toEqual(['boom', 'failed without a message']);
  });
});
