import { type Route, routeKey } from './route';

const clientCertificate = { certificate: 'cert', key: 'pr1vate', holder: 'acme/i-1' };
const proxy = { url: 'http://proxy.test:3128', credential: 'me:hush' };
const route: Route = { caBundle: 'ca', clientCertificate, proxy };

describe('Connections', () => {
  it('are shared on the same route', () => {
    expect(routeKey({ ...route, clientCertificate: { ...clientCertificate } })).toBe(routeKey(route));
  });

  it.each<[string, Route]>([
    ['which addresses are reached', { ...route, isPublic: true }],
    ['which authorities are believed', { ...route, caBundle: 'other' }],
    ['which certificate is shown', { ...route, clientCertificate: { ...clientCertificate, certificate: 'other' } }],
    ['the key of the certificate', { ...route, clientCertificate: { ...clientCertificate, key: 'other' } }],
    ['who shows it', { ...route, clientCertificate: { ...clientCertificate, holder: 'globex/i-1' } }],
    ['that none is shown', { caBundle: 'ca', proxy }],
    ['through which proxy', { ...route, proxy: { ...proxy, url: 'http://other.test:3128' } }],
    ['as whom there', { ...route, proxy: { ...proxy, credential: 'you:hush' } }],
    ['that there is no proxy', { caBundle: 'ca', clientCertificate }],
    ['a unix socket', { socketPath: '/run/docker.sock' }],
  ])('are not shared where it differs %s', (_, other) => {
    expect(routeKey(other)).not.toBe(routeKey(route));
  });

  it('are not shared with those that reach public addresses only, where nothing else is named', () => {
    expect(routeKey({ isPublic: true })).not.toBe(routeKey({}));
  });

  it('are named by no secret', () => {
    expect(routeKey(route)).not.toMatch(/pr1vate|hush/);
  });
});
