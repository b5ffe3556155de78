import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { ConfigError, loadConfig } from '@integrations/config';
import { EgressClient } from '@integrations/provider-kit';
import { ConnectorConfig, proxyOf } from './connector-config';

const services = { DATABASE_URL: 'postgres://localhost/db', NATS_URL: 'nats://localhost:4222' };

describe('ConnectorConfig', () => {
  it('configures no proxy by default', () => {
    expect(proxyOf(loadConfig(ConnectorConfig, services))).toEqual({});
  });

  it('reads the proxies that integrations may name, and refuses credentials in them', () => {
    const load = (list: string) => loadConfig(ConnectorConfig, { ...services, EGRESS_PROXIES: list }).egressProxies;
    expect(load('http://a.example:3128, http://b.example:8080')).toEqual([
      'http://a.example:3128',
      'http://b.example:8080',
    ]);
    expect(() => load('http://us:er@a.example:3128')).toThrow(ConfigError);
    expect(() => load('https://a.example')).toThrow(ConfigError);
    expect(() => load('http://a.example:99999')).toThrow(/EGRESS_PROXIES/);
  });

  it('reads the address ranges that may be called, and refuses invalid ones', () => {
    const load = (list: string) => loadConfig(ConnectorConfig, { ...services, EGRESS_ALLOW: list }).egressAllow;
    expect(load('10.0.0.0/8, 127.0.0.1,fd00::/8,0.0.0.0/0')).toEqual([
      '10.0.0.0/8',
      '127.0.0.1',
      'fd00::/8',
      '0.0.0.0/0',
    ]);
    for (const wrong of ['10.0.0.0/33', 'fd00::/129', '10.0.0/8', '10/8', 'abc', '10.0.0.0/8/8', '10.0.0.0/']) {
      expect(() => load(`127.0.0.1,${wrong}`)).toThrow(/EGRESS_ALLOW/);
    }
  });

  it('reads the absolute paths of the unix sockets that integrations may name', () => {
    const load = (list: string) =>
      loadConfig(ConnectorConfig, { ...services, EGRESS_UNIX_SOCKETS: list }).egressUnixSockets;
    expect(load('/var/run/docker.sock, /run/podman/podman.sock')).toEqual([
      '/var/run/docker.sock',
      '/run/podman/podman.sock',
    ]);
    expect(load('')).toEqual([]);
    expect(() => load('docker.sock')).toThrow(ConfigError);
    expect(() => load('unix:///run/docker.sock')).toThrow(ConfigError);
  });

  it('sends calls through the configured proxy, except those to excluded hosts', async () => {
    const targets: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket: Socket) => {
      targets.push(request.url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const env = { EGRESS_PROXY: `http://127.0.0.1:${port}`, EGRESS_NO_PROXY: 'corp.example, 10.1.2.3' };
    const egress = new EgressClient({
      policy: { allow: ['127.0.0.1/32'] },
      userAgent: 'test',
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
      ...proxyOf(loadConfig(ConnectorConfig, { ...services, ...env })),
    });
    const call = (host: string) => {
      const url = `http://${host}:1/`;
      return egress.bind({ endpoint: url }).request({ method: 'GET', url, signal: AbortSignal.timeout(60_000) });
    };

    await expect(call('api.vendor.example')).rejects.toThrow();
    await expect(call('git.corp.example')).rejects.toThrow();
    expect(targets).toEqual(['api.vendor.example:1']);
    await egress.close();
    proxy.close();
  });

  it.each([
    { EGRESS_PROXY: 'socks5://user:s3cret@proxy:1080' },
    { EGRESS_PROXY: 's3cret' },
    { EGRESS_NO_PROXY: 'https://s3cret/' },
    { EGRESS_NO_PROXY: 's3cret.example:8443' },
    { EGRESS_NO_PROXY: '*,10.*' },
  ])('refuses %j without repeating it', (env) => {
    const [key] = Object.keys(env);
    let failure: unknown;
    try {
      loadConfig(ConnectorConfig, { ...services, ...env });
    } catch (error) {
      failure = error;
    }

    expect(failure).toBeInstanceOf(ConfigError);
    expect(String(failure)).toContain(key);
    expect(String(failure)).not.toContain('s3cret');
  });
});
