import type { ConnectorPlugin } from '@integrations/provider-kit';
import { servedFrom } from './served-from';

const plugin = (provider: string, methods: Partial<ConnectorPlugin> = {}) =>
  ({ provider, defaultEndpoint: null, ...methods }) as ConnectorPlugin;
const from = (host: string, ...plugins: ConnectorPlugin[]) => servedFrom(host, 'scm', { ofType: () => plugins });

describe('what serves something at a host', () => {
  it('is at that host, where its plugin says nothing', () => {
    expect(from('git.example.com', plugin('a'))).toEqual({ hosts: ['git.example.com'], providers: [] });
  });

  it('is where its plugin says', () => {
    const named = plugin('b', { servedFrom: (host) => [host, `api.${host}`] });
    expect(from('b.example', plugin('a'), named)).toEqual({ hosts: ['b.example', 'api.b.example'], providers: [] });
  });

  it('may be anywhere, where its plugin tells the one way and not the other, or fails to', () => {
    const oneWay = plugin('a', { serves: () => [] });
    const fails = plugin('b', {
      servedFrom: () => {
        throw new Error('oops');
      },
    });
    const saysNothing = plugin('c', { servedFrom: () => undefined as never });
    expect(from('c.example', oneWay, fails, saysNothing)).toEqual({ hosts: [], providers: ['a', 'b', 'c'] });
  });

  it('may be at an endpoint that is no web address, where the default of its plugin is none', () => {
    const plugins = [plugin('a', { defaultEndpoint: 'memory://local' }), plugin('b', { defaultEndpoint: 'https://b' })];
    expect(from('local', ...plugins)).toEqual({ hosts: ['local'], providers: ['a'] });
  });

  it('is at any of the hosts that are the same', () => {
    expect(from('docker.io', plugin('a')).hosts).toEqual(expect.arrayContaining(['docker.io', 'registry-1.docker.io']));
  });
});
