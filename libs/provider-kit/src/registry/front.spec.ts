import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { selfSigned } from '../egress/__fixtures__/certificates';
import { TestServer } from '../egress/__fixtures__/servers';
import { tunnelling } from '../egress/__fixtures__/tunnelling';
import { ALL, clientOf, live } from './__fixtures__/client';

const MANIFEST = JSON.stringify({ schemaVersion: 2, manifests: [] });
const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
const INDEX = 'application/vnd.oci.image.index.v1+json';

/**
 * Like registry.k8s.io: answers at /v2/, issues meaningless tokens, and redirects everything else to a public registry,
 * without the query. https://github.com/kubernetes/registry.k8s.io/blob/main/cmd/archeio/docs/request-handling.md
 */
function front(upstream: string) {
  return TestServer.http(({ url = '', headers }, response) => {
    const { pathname } = new URL(url, 'http://front.test');
    if (pathname === '/token') return void response.end('{"token":"0123456789abcdef","expires_in":3600}');
    if (pathname !== '/v2/') {
      const location = `${upstream}/v2/prod/images${pathname.slice('/v2'.length)}?rid=0123456789abcdef`;
      return void response.writeHead(307, { location }).end();
    }
    if (headers.authorization) return void response.writeHead(200).end();
    const realm = `http://${headers.host}/token`;
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="front"` }).end();
  });
}

function behind(request: IncomingMessage): { status: number; body: string; headers?: Record<string, string> } {
  const { pathname } = new URL(request.url ?? '', 'https://upstream.test');
  if (request.headers.authorization) return { status: 401, body: '' };
  if (pathname === '/v2/prod/images/pause/tags/list') return { status: 200, body: '{"tags":["3.9","3.10"]}' };
  const isIndex = ['3.9', DIGEST].some((reference) => pathname === `/v2/prod/images/pause/manifests/${reference}`);
  if (!isIndex) return { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
  return { status: 200, body: MANIFEST, headers: { 'content-type': INDEX, 'docker-content-digest': DIGEST } };
}

it('Tags, digests and referrers are read from the registry to which a front registry redirects', async () => {
  const certificate = selfSigned({ names: 'DNS:upstream.test' });
  await using upstream = await TestServer.https(certificate, (request, response) => {
    const { status, body, headers } = behind(request);
    response.writeHead(status, { 'content-length': body.length, ...headers }).end(body);
  });
  await using registry = await front(`https://upstream.test:${upstream.port}`);
  await using proxy = await tunnelling();
  const resolve = async () => [{ address: '1.1.1.1', family: 4 }];
  await using client = clientOf(registry.origin, {
    ...{ credentials: [null], mayLeave: true, caBundle: certificate.cert },
    egress: { proxy: { url: proxy.origin }, resolve },
  });

  const image = await client.registry.resolveDigest('pause', '3.9', { platform: null }, live());
  expect(image).toMatchObject({ digest: DIGEST, mediaType: INDEX });
  const { items } = await client.registry.listTags('pause', ALL, live());
  expect(items.map(({ name }) => name)).toEqual(['3.9', '3.10']);
  const referrers = client.registry.listReferrers('pause', DIGEST, { ...ALL, artifactType: null }, live());
  expect(await referrers).toEqual({ items: [], nextCursor: null });
  const missing = client.registry.resolveDigest('pause', 'gone', { platform: null }, live());
  await expect(missing).rejects.toMatchObject({ code: 'not_found_or_no_access' });
});
