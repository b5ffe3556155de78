import type { ConnectorPlugin } from '@integrations/provider-kit';
import { servedFrom } from './served-from';

const plugin = (provider: string, methods: Partial<ConnectorPlugin> = {}) =>
  ({ provider, defaultEndpoint: null, ...methods }) as ConnectorPlugin;
const from = (host: string, ...plugins: ConnectorPlugin[]) => servedFrom(host, 'scm', { ofType: () => plugins });

describe('servedFrom', () => {
  it('returns the host itself when no plugin names others', () => {
    expect(from('git.example.com', plugin('a'))).toEqual({ hosts: ['git.example.com'], providers: [] });
  });

  it('adds the hosts that a plugin names', () => {
    const named = plugin('b', { servedFrom: (host) => [host, `api.${host}`] });
    expect(from('b.example', plugin('a'), named)).toEqual({ hosts: ['b.example', 'api.b.example'], providers: [] });
  });

  it('includes a provider at any host when its plugin maps only one way, or fails to', () => {
    const oneWay = plugin('a', { serves: () => [] });
    const fails = plugin('b', {
      servedFrom: () => {
        throw new Error('oops');
      },
    });
    const saysNothing = plugin('c', { servedFrom: () => undefined as never });
    expect(from('c.example', oneWay, fails, saysNothing)).toEqual({ hosts: [], providers: ['a', 'b', 'c'] });
  });

  it('includes a provider at any host when its default endpoint is not a web address', () => {
    const plugins = [plugin('a', { defaultEndpoint: 'memory://local' }), plugin('b', { defaultEndpoint: 'https://b' })];
    expect(from('local', ...plugins)).toEqual({ hosts: ['local'], providers: ['a'] });
  });

  it('returns all aliases of a host', () => {
    expect(from('docker.io', plugin('a')).hosts).toEqual(expect.arrayContaining(['docker.io', 'registry-1.docker.io']));
  });
});
