import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { CatalogConfig } from '../../config';
import { IssuerEgress } from './issuer-egress';
import { issuerKeys, type IssuerOptions } from './issuer-keys';
import { IssuerUnavailable } from './issuer-unavailable';

const COOLDOWN_MS = 10_000;
const MAX_AGE_MS = 600_000;

describe('issuerKeys', () => {
  let server: Server;
  let issuer: string;
  let egress: IssuerEgress;
  let metadata: object;
  let served: Record<string, object>;
  let asked: string[];

  beforeEach(async () => {
    [served, asked] = [{}, []];
    egress = new IssuerEgress(new CatalogConfig());
    server = createServer(({ url = '' }, response) => {
      asked.push(url);
      const answer = url === '/.well-known/openid-configuration' ? metadata : served[url];
      response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await egress.onApplicationShutdown();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const keysOf = (options: IssuerOptions) => issuerKeys(options, egress.fetch);
  const later = (ms: number) => {
    const now = Date.now() + ms;
    jest.spyOn(Date, 'now').mockReturnValue(now);
  };
  /** A token signed with a new key. From now on the issuer serves that key at `path`, and its metadata points there. */
  const tokenOf = async (path: string, kid: string): Promise<string> => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    metadata = { issuer, jwks_uri: `${issuer}${path}` };
    served[path] = { keys: [{ ...(await exportJWK(publicKey)), kid }] };
    return new SignJWT().setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  };
  const isGood = (token: string, keys: JWTVerifyGetKey) => jwtVerify(token, keys).then(() => true);

  it.each([
    ['the old address still serves the old keys, and a token with a new key arrives', COOLDOWN_MS, false],
    ['the old address is gone, and the cached keys have expired', MAX_AGE_MS, true],
  ])('finds the keys after the issuer has moved them: %s', async (_when, afterMs, isGone) => {
    const keys = keysOf({ issuer });
    expect(await isGood(await tokenOf('/keys', 'first'), keys)).toBe(true);
    if (isGone) delete served['/keys'];
    const token = await tokenOf('/moved', 'second');
    later(afterMs);
    expect(await isGood(token, keys)).toBe(true);
  });

  it('fetches the keys once, however many tokens need them', async () => {
    const keys = keysOf({ issuer });
    const token = await tokenOf('/keys', 'first');
    await Promise.all([isGood(token, keys), isGood(token, keys), isGood(token, keys)]);
    await isGood(token, keys);
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('fetches the keys from the configured address, without discovery', async () => {
    const token = await tokenOf('/keys', 'first');
    expect(await isGood(token, keysOf({ issuer, jwksUri: `${issuer}/keys` }))).toBe(true);
    expect(asked).toEqual(['/keys']);
  });

  it('cannot be had where the discovery document names another issuer, or a place without TLS', async () => {
    const token = await tokenOf('/keys', 'first');
    const fetched = jest.fn(egress.fetch);
    for (const [wrong, reason] of [
      [{ issuer: `${issuer}/` }, `another issuer than OIDC_ISSUER: "${issuer}/"`],
      [{ jwks_uri: 'http://issuer.example/keys' }, 'no https jwks_uri'],
    ] as const) {
      metadata = { issuer, jwks_uri: `${issuer}/keys`, ...wrong };
      const failure = isGood(token, issuerKeys({ issuer }, fetched));
      await expect(failure).rejects.toThrow(IssuerUnavailable);
      await expect(failure).rejects.toThrow(reason);
    }
    expect(fetched.mock.calls.map(([url]) => url)).toEqual(Array(2).fill(`${issuer}/.well-known/openid-configuration`));
  });

  it('fetches the keys through the configured proxy', async () => {
    const token = await tokenOf('/keys', 'first');
    server.on('connect', ({ url }, socket) => {
      asked.push(`CONNECT ${url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    const proxied = new IssuerEgress(Object.assign(new CatalogConfig(), { egressProxy: issuer }));
    // An IP address, because a name would be resolved before the proxy is called.
    const keys = issuerKeys({ issuer: 'https://1.1.1.1' }, proxied.fetch);
    await expect(isGood(token, keys)).rejects.toThrow(IssuerUnavailable);
    await proxied.onApplicationShutdown();
    expect(asked).toEqual(['CONNECT 1.1.1.1:443']);
  });

  it('obeys the egress rules: it never calls the address of a metadata service', async () => {
    const token = await tokenOf('/keys', 'first');
    const reached = isGood(token, keysOf({ issuer, jwksUri: 'http://169.254.169.254/keys' }));
    await expect(reached).rejects.toMatchObject({ cause: { code: 'egress_blocked' } });
  });
});
