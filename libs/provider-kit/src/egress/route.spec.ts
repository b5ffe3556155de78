import { type Route, routeKey } from './route';

const clientCertificate = { certificate: 'cert', key: 'pr1vate', holder: 'acme/i-1' };
const proxy = { url: 'http://proxy.test:3128', credential: 'me:hush' };
const route: Route = { caBundle: 'ca', clientCertificate, proxy };

describe('Connections', () => {
  it('are shared by equal routes', () => {
    expect(routeKey({ ...route, clientCertificate: { ...clientCertificate } })).toBe(routeKey(route));
  });

  it.each<[string, Route]>([
    ['the addresses that they may reach', { ...route, isPublic: true }],
    ['the trusted authorities', { ...route, caBundle: 'other' }],
    ['the client certificate', { ...route, clientCertificate: { ...clientCertificate, certificate: 'other' } }],
    ['the key of the certificate', { ...route, clientCertificate: { ...clientCertificate, key: 'other' } }],
    ['the holder of the certificate', { ...route, clientCertificate: { ...clientCertificate, holder: 'globex/i-1' } }],
    ['having no client certificate', { caBundle: 'ca', proxy }],
    ['the proxy', { ...route, proxy: { ...proxy, url: 'http://other.test:3128' } }],
    ["the proxy's credential", { ...route, proxy: { ...proxy, credential: 'you:hush' } }],
    ['having no proxy', { caBundle: 'ca', clientCertificate }],
    ['a unix socket', { socketPath: '/run/docker.sock' }],
  ])('are not shared by routes that differ in %s', (_, other) => {
    expect(routeKey(other)).not.toBe(routeKey(route));
  });

  it('are not shared between routes with and without the limit to public addresses', () => {
    expect(routeKey({ isPublic: true })).not.toBe(routeKey({}));
  });

  it('have keys without secrets', () => {
    expect(routeKey(route)).not.toMatch(/pr1vate|hush/);
  });
});
