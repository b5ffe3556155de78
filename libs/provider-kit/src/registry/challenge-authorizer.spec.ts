import { FakeRegistry, type FakeRegistryOptions } from '../../../../test/support/fake-registry';
import { TestServer } from '../egress/__fixtures__/servers';
import { ALL, clientOf, type ClientOptions, live, PASSWORD, USER } from './__fixtures__/client';

const OLD = { kind: 'basic', username: USER, password: 'an-old-password-0123' } as const;
const NEW = { kind: 'basic', username: USER, password: PASSWORD } as const;
const SECOND = 1_000;

async function withRegistry(
  options: FakeRegistryOptions & { readonly client?: ClientOptions },
  work: (client: ReturnType<typeof clientOf>, registry: FakeRegistry) => Promise<void>,
): Promise<void> {
  const registry = await FakeRegistry.start({ users: { [USER]: PASSWORD }, ...options });
  registry.repository('team/app').push('v1');
  const client = clientOf(registry.url, options.client);
  try {
    await work(client, registry);
  } finally {
    await client.close();
    await registry.close();
  }
}

const list = ({ registry }: ReturnType<typeof clientOf>) => registry.listTags('team/app', ALL, live());
const paths = ({ requests }: FakeRegistry) => requests.map(({ method, path, status }) => `${method} ${path} ${status}`);

describe("A registry's challenge", () => {
  it('may be absent', () =>
    withRegistry({ auth: 'none' }, async (client, registry) => {
      await list(client);
      expect(paths(registry)).toEqual(['GET /v2/ 200', 'GET /v2/team/app/tags/list 200']);
      expect(registry.requests.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
    }));

  it('may be basic authentication, requested once', () =>
    withRegistry({ auth: 'basic' }, async (client, registry) => {
      await Promise.all([list(client), list(client)]);
      await list(client);
      expect(paths(registry).filter((path) => path === 'GET /v2/ 401')).toHaveLength(1);
      expect(registry.requests.filter(({ status }) => status === 401)).toHaveLength(1);
    }));

  it('may ask for a token, fetched once for each scope and credential', () =>
    withRegistry({ auth: 'token' }, async (client, registry) => {
      await Promise.all([list(client), list(client), list(client)]);
      await list(client);
      expect(paths(registry).filter((path) => path.startsWith('GET /token'))).toHaveLength(1);
    }));

  it('is answered with an identity token by POST', () =>
    withRegistry(
      { auth: 'token', client: { credentials: [{ kind: 'refresh_token', token: PASSWORD }] } },
      async (client, registry) => {
        await list(client);
        expect(paths(registry)).toContain('POST /token 200');
        expect(registry.requests.every(({ query }) => !JSON.stringify(query).includes(PASSWORD))).toBe(true);
      },
    ));

  it('is answered with an opaque token, which is trusted to allow its scope', () =>
    withRegistry({ auth: 'token', tokens: 'opaque' }, async (client) => {
      await expect(list(client)).resolves.toMatchObject({ items: [{ name: 'v1' }] });
    }));

  it('may be absent at /v2/ and present at other paths', async () => {
    await using server = await TestServer.http((request, response) => {
      const isOpen = request.url === '/v2/' || request.headers.authorization?.startsWith('Basic ');
      if (isOpen) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"tags":["v1"]}');
      response.writeHead(401, { 'www-authenticate': 'Basic realm="further in"' }).end();
    });
    await using client = clientOf(server.origin);
    await expect(list(client)).resolves.toMatchObject({ items: [{ name: 'v1' }] });
  });

  it('is requested again when the previous kind of authentication is refused', async () => {
    let wanted = 'Basic';
    await using server = await TestServer.http((request, response) => {
      const isJson = { 'content-type': 'application/json' };
      if (request.url?.startsWith('/token')) return void response.writeHead(200, isJson).end('{"token":"t"}');
      if (request.headers.authorization?.startsWith(wanted)) {
        return void response.writeHead(200, isJson).end('{"tags":["v1"]}');
      }
      response.writeHead(401, { 'www-authenticate': `${wanted} realm="http://${request.headers.host}/token"` }).end();
    });
    await using client = clientOf(server.origin);
    for (wanted of ['Basic', 'Bearer', 'Basic']) {
      await expect(list(client)).resolves.toMatchObject({ items: [{ name: 'v1' }] });
    }
  });
});

describe('A token that is no longer valid', () => {
  it('is replaced once, unnoticed by the caller', () =>
    withRegistry({ auth: 'token' }, async (client, registry) => {
      await list(client);
      registry.access.revokeAll();
      await expect(list(client)).resolves.toMatchObject({ items: [{ name: 'v1' }] });
    }));

  it('is not replaced forever', async () => {
    const asked: string[] = [];
    await using server = await TestServer.http((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.startsWith('/token')) {
        const token = `t${asked.length}`;
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
      }
      const challenge = `Bearer realm="http://${request.headers.host}/token",error="invalid_token"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    await using client = clientOf(server.origin);
    await expect(list(client)).rejects.toMatchObject({ code: 'unauthenticated', transient: false });
    expect(asked.filter((path) => path.includes('/tags/'))).toHaveLength(3);
  });

  it.each([
    ['at the token server', 'token'],
    ['at the registry', 'basic'],
  ] as const)('makes the authorizer ask the store again for a changed password, %s', (_where, auth) =>
    withRegistry({ auth, client: { credentials: [OLD, NEW] } }, async (client) => {
      await expect(list(client)).resolves.toMatchObject({ items: [{ name: 'v1' }] });
    }),
  );

  it.each(['token', 'basic'] as const)('makes the authorizer send a wrong password only once: %s', (auth) =>
    withRegistry({ auth, client: { credentials: [OLD] } }, async (client, registry) => {
      await expect(list(client)).rejects.toMatchObject({ code: 'unauthenticated' });
      const refused = registry.requests.filter(({ status, headers }) => status === 401 && headers['authorization']);
      expect(refused).toHaveLength(1);
    }),
  );

  it('is recognised by a 403 at cloud registries', async () => {
    let refused = 0;
    await using server = await TestServer.http((request, response) => {
      const { authorization } = request.headers;
      if (authorization === undefined) {
        return void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      }
      if (authorization === `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`) {
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"tags":["v1"]}');
      }
      refused++;
      response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"Your authorization token has expired."}]}');
    });
    const isRefusal = (response: { text(): string }) => /has expired/.test(response.text());
    await using client = clientOf(server.origin, { credentials: [OLD, NEW], isRefusal });
    await expect(list(client)).resolves.toMatchObject({ items: [{ name: 'v1' }] });
    expect(refused).toBe(1);
  });
});

describe('The lifetime of a token', () => {
  /** How often a token is fetched if it is used once and then again at these seconds after that. */
  async function fetched(answer: object, date: string | null, at: readonly number[]): Promise<number> {
    let count = 0;
    let now = Date.parse('2026-11-26T12:00:00Z');
    await using server = await TestServer.http((request, response) => {
      response.sendDate = false;
      if (date !== null) response.setHeader('date', date);
      if (request.url?.startsWith('/token')) {
        count++;
        return void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ access_token: 'opaque', ...answer }));
      }
      if (request.headers.authorization) {
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"tags":[]}');
      }
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` }).end();
    });
    await using client = clientOf(server.origin, { clock: { now: () => now } });
    await list(client);
    const start = now;
    for (const seconds of at) {
      now = start + seconds * SECOND;
      await list(client);
    }
    return count;
  }

  it('is a minute by default, of which half is used', async () => {
    expect(await fetched({}, null, [29])).toBe(1);
    expect(await fetched({}, null, [31])).toBe(2);
  });

  it.each([0, -5, 'soon', null, 1e300])('is a minute, or a day at most, if the server says %j', async (expires_in) => {
    const isLong = expires_in === 1e300;
    expect(await fetched({ expires_in }, null, isLong ? [3_000, 86_200] : [29, 31])).toBe(2);
  });

  it("is measured by the server's clock, whatever ours says", async () => {
    const date = 'Thu, 26 Nov 2020 08:00:40 GMT';
    // 40 of its 100 seconds have passed. Of the remaining 60, the cache uses half.
    expect(await fetched({ expires_in: 100, issued_at: '2020-11-26T08:00:00Z' }, date, [29])).toBe(1);
    expect(await fetched({ expires_in: 100, issued_at: '2020-11-26T08:00:00Z' }, date, [31])).toBe(2);
    // `issued_at` in the server's own future counts as just issued.
    expect(await fetched({ expires_in: 100, issued_at: '2031-01-01T00:00:00Z' }, date, [49])).toBe(1);
  });

  it("comes from the token itself, by the server's clock, if the answer does not state it", async () => {
    const date = 'Thu, 26 Nov 2020 08:00:00 GMT';
    const claims = Buffer.from(JSON.stringify({ exp: Date.parse(date) / 1_000 + 500 })).toString('base64url');
    expect(await fetched({ token: `e30.${claims}.sig` }, date, [249])).toBe(1);
    expect(await fetched({ token: `e30.${claims}.sig` }, date, [251])).toBe(2);
    expect(await fetched({ token: `e30.${claims}.sig`, expires_in: 60 }, date, [31])).toBe(2);
  });

  it.each([[{ token: 7 }], [{ token: 'a\nb' }], [{ token: '' }], [{ access_token: null }]])(
    'is not derived from an invalid token: %j',
    async (answer) => {
      await expect(fetched(answer, null, [])).rejects.toMatchObject({ code: 'provider_unavailable' });
    },
  );
});

describe('A token that does not allow enough', () => {
  it('is recognised by its claims before the registry is called', () =>
    withRegistry({ auth: 'token', grants: () => [] }, async (client, registry) => {
      const message = expect.stringContaining('repository:team/app:pull');
      await expect(list(client)).rejects.toMatchObject({ code: 'permission_missing', message });
      expect(paths(registry)).toEqual(['GET /v2/ 401', 'GET /token 200']);
    }));

  it('is fetched once more if the registry asks for further read scopes of the same repository', async () => {
    const scopes: string[][] = [];
    await using server = await TestServer.http((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname === '/token') {
        const asked = url.searchParams.getAll('scope');
        scopes.push(asked);
        const token = JSON.stringify({ token: `opaque-${asked.join('+').replaceAll(/\W/g, '-')}` });
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(token);
      }
      if (request.headers.authorization?.includes('metadata')) {
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"tags":["v1"]}');
      }
      const scope = 'repository:team/app:pull,push,metadata_read repository:other:pull';
      const challenge = `Bearer realm="http://${request.headers.host}/token",error="insufficient_scope",scope="${scope}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    await using client = clientOf(server.origin);
    await expect(list(client)).resolves.toMatchObject({ items: [{ name: 'v1' }] });
    await list(client);
    expect(scopes).toEqual([
      ['repository:team/app:pull'],
      ['repository:team/app:pull', 'repository:team/app:metadata_read'],
    ]);
  });

  it('is told apart from an invalid token by the challenge', async () => {
    await using server = await TestServer.http((request, response) => {
      if (request.url?.startsWith('/token')) {
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"opaque"}');
      }
      const challenge = `Bearer realm="http://${request.headers.host}/token",error="insufficient_scope"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    await using client = clientOf(server.origin);
    await expect(list(client)).rejects.toMatchObject({ code: 'permission_missing' });
  });
});
