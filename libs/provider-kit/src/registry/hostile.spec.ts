import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { TestServer } from '../egress/__fixtures__/servers';
import { ALL, clientOf, live } from './__fixtures__/client';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DIGEST_OF_EMPTY = `sha256:${createHash('sha256').update('{}').digest('hex')}`;

/** An attacker's server, which no request may reach. */
let elsewhere: TestServer;
let lured: IncomingMessage[];

beforeAll(async () => {
  elsewhere = await TestServer.http((request, response) => {
    lured.push(request);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"x","tags":["evil"]}');
  });
});
afterAll(() => elsewhere[Symbol.asyncDispose]());
beforeEach(() => (lured = []));
afterEach(() => expect(lured).toEqual([]));

/** Runs against a server that asks for basic authentication and otherwise behaves as `answer` says. */
async function against<T>(
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void,
  work: (client: ReturnType<typeof clientOf>, server: TestServer) => Promise<T>,
): Promise<T> {
  const listener: RequestListener = (request, response) => {
    const isAsked = request.url !== '/v2/' || request.headers.authorization !== undefined;
    if (isAsked) return answer(request.url ?? '', response, request);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  };
  await using server = await TestServer.http(listener);
  const client = clientOf(server.origin);
  try {
    return await work(client, server);
  } finally {
    await client.close();
  }
}

const json = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}) =>
  void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const resolve = ({ registry }: ReturnType<typeof clientOf>, reference = 'v1') =>
  registry.resolveDigest('team/app', reference, { platform: null }, live());

describe('A registry that points elsewhere', () => {
  it.each([
    ['another host', () => `${elsewhere.origin}/token`],
    ['a user name that looks like the registry', () => `http://registry.example@127.0.0.1:${elsewhere.port}/token`],
  ])('receives no credential at a realm of %s', async (_what, realm) => {
    await using server = await TestServer.http((_request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm()}",service="s"` }).end();
    });
    await using client = clientOf(server.origin);
    await expect(client.registry.listTags('team/app', ALL, live())).rejects.toMatchObject({ code: 'egress_blocked' });
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', '/token', 'not a url', 'data:,x'])(
    'is not followed to the realm %s',
    async (realm) => {
      await using server = await TestServer.http((_request, response) => {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
      });
      await using client = clientOf(server.origin);
      const listed = client.registry.listTags('team/app', ALL, live());
      await expect(listed).rejects.toMatchObject({ code: 'provider_unavailable', transient: false });
    },
  );

  it('is not followed from its realm to another host', async () => {
    await using server = await TestServer.http((request, response) => {
      const isToken = request.url?.startsWith('/token');
      if (isToken) return void response.writeHead(302, { location: `${elsewhere.origin}/token` }).end();
      const realm = `http://${request.headers.host}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
    });
    await using client = clientOf(server.origin);
    await expect(client.registry.listTags('team/app', ALL, live())).rejects.toMatchObject({ code: 'egress_blocked' });
  });

  it('is not followed through its Link header', async () => {
    const link = { link: `<${elsewhere.origin.replace('127.0.0.1', 'localhost')}/v2/x?last=a>; rel="next"` };
    const listed = against(
      (_path, response) => json(response, { tags: ['a'] }, link),
      ({ registry }) => registry.listTags('team/app', ALL, live()),
    );
    await expect(listed).rejects.toMatchObject({ code: 'egress_blocked' });
  });

  it.each(['tags', 'digest', 'referrers'])('is not followed through a redirect: %s', async (what) => {
    const asked = against(
      (_path, response) => void response.writeHead(307, { location: `${elsewhere.origin}/v2/x` }).end(),
      async (client) => {
        if (what === 'tags') return client.registry.listTags('team/app', ALL, live());
        if (what === 'digest') return resolve(client);
        return client.registry.listReferrers('team/app', DIGEST, { ...ALL, artifactType: null }, live());
      },
    );
    await expect(asked).rejects.toMatchObject({ code: 'egress_blocked' });
  });
});

describe('A registry without limits', () => {
  it('is called five times at most for one page of an endless list', async () => {
    let asked = 0;
    const page = await against(
      (_path, response) => json(response, { tags: [] }, { link: `</v2/x?last=${asked++}>; rel="next"` }),
      ({ registry }) => registry.listTags('team/app', ALL, live()),
    );
    expect(page.items).toEqual([]);
    expect(page.nextCursor).not.toBeNull();
    expect(asked).toBe(5);
  });

  it.each(['digest', 'referrers'])('is read for 4 MiB at most of a manifest of 1 GB: %s', async (what) => {
    let written = 0;
    const mebibyte = Buffer.alloc(1024 * 1024, ' ');
    const asked = against(
      (_path, response, request) => {
        if (request.method === 'HEAD') return void response.writeHead(200, { 'content-type': MANIFEST }).end();
        response.writeHead(200, { 'content-type': MANIFEST, 'content-length': String(1024 * mebibyte.length) });
        const more = () => {
          while (!response.destroyed && written < 1024 && response.write(mebibyte)) written++;
        };
        response.on('drain', more);
        more();
      },
      (client): Promise<unknown> =>
        what === 'digest'
          ? resolve(client)
          : client.registry.listReferrers('team/app', DIGEST, { ...ALL, artifactType: null }, live()),
    );
    await expect(asked).rejects.toMatchObject({ code: 'too_large' });
    expect(written).toBeLessThan(64);
  });
});

describe('A registry that lies, or is none', () => {
  it.each([
    ['its header names another one', 'v1', { 'docker-content-digest': DIGEST }],
    ['another one was requested', DIGEST, {}],
    ['another one was requested and its header claims it', DIGEST, { 'docker-content-digest': DIGEST }],
  ])('is not trusted with a digest if %s', async (_what, reference, headers) => {
    const resolved = against(
      (_path, response, request) => {
        if (request.method === 'HEAD') return void response.writeHead(405).end();
        json(response, {}, { ...headers, 'content-type': MANIFEST });
      },
      (client) => resolve(client, reference),
    );
    await expect(resolved).rejects.toMatchObject({ code: 'digest_mismatch', transient: false });
  });

  it('is not trusted with a HEAD that names another digest than requested', async () => {
    const resolved = against(
      (_path, response) => json(response, {}, { 'docker-content-digest': DIGEST_OF_EMPTY }),
      (client) => resolve(client, DIGEST),
    );
    await expect(resolved).rejects.toMatchObject({ code: 'digest_mismatch' });
  });

  it.each([
    ['an error for HEAD', (response: ServerResponse) => response.writeHead(405).end()],
    ['no digest', (response: ServerResponse) => response.writeHead(200, { 'content-type': MANIFEST }).end()],
    [
      'an unknown kind of digest',
      (response: ServerResponse) => response.writeHead(200, { 'docker-content-digest': 'md5:1' }).end(),
    ],
  ])('is asked for the content if it returns %s', async (_what, head) => {
    const resolved = await against(
      (_path, response, request) => {
        if (request.method === 'HEAD') return void head(response);
        json(response, {}, { 'content-type': MANIFEST });
      },
      (client) => resolve(client),
    );
    expect(resolved).toMatchObject({ digest: DIGEST_OF_EMPTY, mediaType: MANIFEST, size: 2 });
  });

  it.each([
    ['a web page', '<!doctype html><title>Sign in</title>', 'text/html'],
    ['half an answer', '{"tags":["a",', 'application/json'],
    ['other JSON', '{"names":["a"]}', 'application/json'],
    ['a JSON string', '"a"', 'application/json'],
    ['null', 'null', 'application/json'],
  ])('is unavailable if it answers %s', async (_what, body, type) => {
    const listed = against(
      (_path, response) => void response.writeHead(200, { 'content-type': type }).end(body),
      ({ registry }) => registry.listTags('team/app', ALL, live()),
    );
    await expect(listed).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it.each([
    ...['"b\u202ead"', '"b\\u202ead"', '"new\\nline"', '"two words"', '"del\u007f"', '"\\u007f"'],
    ...['""', `"${'x'.repeat(600)}"`, '7', 'null', '{"a":1}'],
  ])('lists no misleading name (%#)', async (name) => {
    const page = await against(
      (_path, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(`{"tags":["good",${name}]}\n`);
      },
      ({ registry }) => registry.listTags('team/app', ALL, live()),
    );
    expect(page.items.map((item) => item.name)).toEqual(['good']);
  });
});
