import { IsInt, IsString, Max, Min } from 'class-validator';
import type { Availability, ConnectorPlugin } from '@integrations/provider-kit';
import { ProviderRegistry } from './registry';

class ShopConfig {
  @IsString()
  shop: string;

  @IsInt()
  @Min(1)
  @Max(9)
  floor: number = 1;
}

function plugin(overrides: Partial<ConnectorPlugin> = {}): ConnectorPlugin {
  return {
    contractVersion: 1,
    provider: 'shop',
    type: 'scm',
    displayName: 'Shop',
    capabilities: ['comment'],
    requiredScopes: ['sell'],
    defaultEndpoint: 'https://shop.example',
    credential: { required: true, description: 'A key.' },
    config: ShopConfig,
    isAvailable: () => ({ available: true }),
    open: () => ({}),
    testConnection: () => Promise.reject(new Error('not in this spec')),
    checkHealth: () => Promise.reject(new Error('not in this spec')),
    ...overrides,
  };
}

describe('ProviderRegistry', () => {
  it('finds a plugin by its provider name only', () => {
    const shop = plugin();
    const registry = new ProviderRegistry([shop]);

    expect(registry.find('shop')).toBe(shop);
    expect(registry.find('toString')).toBeUndefined();
  });

  it('refuses to start with two of our own plugins for one provider', () => {
    expect(() => new ProviderRegistry([plugin(), plugin()])).toThrow('provider shop is registered twice');
  });

  it('rejects a third-party plugin for a known provider, and keeps the known one', () => {
    const ours = plugin();
    const registry = new ProviderRegistry([ours], {
      plugins: [{ packageName: 'shop-plugin', plugin: plugin({ displayName: 'Impostor' }) }],
      rejected: [],
    });

    expect(registry.find('shop')).toBe(ours);
    expect(registry.rejected).toEqual([{ packageName: 'shop-plugin', reason: 'provider shop is already registered' }]);
  });

  it('accepts third-party plugins, and reports rejected packages', () => {
    const rejected = [{ packageName: 'broken', reason: 'exports no function createPlugin' }];
    const stall = plugin({ provider: 'stall' });
    const registry = new ProviderRegistry([plugin()], {
      plugins: [{ packageName: 'stall-plugin', plugin: stall }],
      rejected,
    });

    expect(registry.find('stall')).toBe(stall);
    expect(registry.rejected).toEqual(rejected);
  });

  it('describes the providers in the order of their names, with the JSON Schema of their configs', () => {
    const registry = new ProviderRegistry([plugin(), plugin({ provider: 'bazaar' })]);

    expect(registry.descriptors().map(({ provider }) => provider)).toEqual(['bazaar', 'shop']);
    expect(registry.descriptors()[1]).toEqual({
      provider: 'shop',
      type: 'scm',
      displayName: 'Shop',
      capabilities: ['comment'],
      requiredScopes: ['sell'],
      defaultEndpoint: 'https://shop.example',
      credential: { required: true, description: 'A key.' },
      configSchema: {
        type: 'object',
        properties: {
          shop: { type: 'string' },
          floor: { type: 'integer', minimum: 1, maximum: 9, default: 1 },
          connection: expect.any(Object) as unknown,
        },
        required: ['shop'],
        additionalProperties: false,
      },
      available: true,
      unavailableReason: null,
    });
  });

  it.each([
    [() => ({ available: false, reason: 'no SDK' }), 'no SDK'],
    [() => ({ available: false }), 'the plugin gives no reason'],
    [
      () => {
        throw new Error('boom');
      },
      'isAvailable() failed: boom',
    ],
    [
      () => ({ available: false, reason: {} }),
      'isAvailable() must return { available: boolean, reason?: string } synchronously',
    ],
    [() => undefined, 'isAvailable() must return { available: boolean, reason?: string } synchronously'],
    [
      async () => ({ available: true }),
      'isAvailable() must return { available: boolean, reason?: string } synchronously',
    ],
  ])('reports why a provider is unavailable (%#)', (isAvailable, reason) => {
    const answering = isAvailable as ConnectorPlugin['isAvailable'];
    const [descriptor] = new ProviderRegistry([plugin({ isAvailable: answering })]).descriptors();

    expect(descriptor).toMatchObject({ available: false, unavailableReason: reason });
  });

  it('accepts null as a missing reason', () => {
    const isAvailable = () => ({ available: true, reason: null }) as unknown as Availability;
    const [descriptor] = new ProviderRegistry([plugin({ isAvailable })]).descriptors();

    expect(descriptor).toMatchObject({ available: true, unavailableReason: null });
  });

  describe('validateConfig', () => {
    const registry = new ProviderRegistry([plugin()]);

    it('returns an instance of the DTO, with its defaults', () => {
      const checked = registry.validateConfig('shop', { shop: 'corner' });

      expect(checked).toEqual({ ok: true, value: { shop: 'corner', floor: 1 } });
      expect(checked.ok && checked.value).toBeInstanceOf(ShopConfig);
    });

    it('names each invalid field under config', () => {
      const checked = registry.validateConfig('shop', { floor: 12, roof: true });

      expect(checked).toEqual({
        ok: false,
        errors: expect.arrayContaining([
          { field: 'config.roof', message: 'is not a known field; known are shop, floor, connection' },
          { field: 'config.shop', message: 'must be a string' },
          { field: 'config.floor', message: 'must not be greater than 9' },
        ]) as unknown,
      });
    });

    it("accepts the connection next to the plugin's own fields, and does not pass it to the plugin", () => {
      const connection = { clientCertRef: 'authref://file/cert', proxy: 'http://proxy.example:3128' };
      const checked = registry.validateConfig('shop', { shop: 'corner', connection });

      expect(checked).toEqual({ ok: true, value: { shop: 'corner', floor: 1 } });
    });

    it.each([
      ['config.connection', 'direct'],
      ['config.connection', []],
      ['config.connection.route', { route: 1 }],
      ['config.connection.clientCertRef', { clientCertRef: '-----BEGIN CERTIFICATE-----' }],
      ['config.connection.clientKeyRef', { clientKeyRef: 'authref://file/key' }],
      ['config.connection.proxyAuthRef', { proxyAuthRef: 'authref://file/user' }],
      ['config.connection.proxy', { proxy: 'http://us:er@proxy.example' }],
      ['config.connection.proxy', { proxy: 'https://proxy.example' }],
      ['config.connection.proxy', { proxy: 'http://proxy.example/path' }],
    ])('names %s if the connection is invalid: %j', (field, connection) => {
      const checked = registry.validateConfig('shop', { shop: 'corner', connection });

      expect(checked).toMatchObject({
        ok: false,
        errors: expect.arrayContaining([expect.objectContaining({ field })]),
      });
    });

    it('describes the connection in the schema of each provider', () => {
      const [descriptor] = registry.descriptors();

      expect(descriptor?.configSchema).toMatchObject({
        properties: {
          shop: {},
          connection: { properties: { clientCertRef: {}, proxy: {} }, additionalProperties: false },
        },
      });
    });

    it.each([[null], [[]], ['text'], [undefined]])('names config itself if it is not an object: %j', (config) => {
      const checked = registry.validateConfig('shop', config);

      expect(checked).toMatchObject({ ok: false, errors: [{ field: 'config' }] });
    });

    it('names provider, and lists the known ones, for an unknown provider', () => {
      expect(registry.validateConfig('market', {})).toEqual({
        ok: false,
        errors: [{ field: 'provider', message: 'must be one of the loaded providers: shop' }],
      });
    });
  });
});
