import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { anyText } from '../../support/any-text';
import {
  type CallOptions,
  expectProblem,
  register,
  registration,
  startCatalog,
  type TestCatalog,
  type TestClient,
} from './support';

const MIB = 1_048_576;

/** Adds labels that fit on a line to the cases. */
function labelled(cases: readonly (readonly [string, object])[]) {
  return cases.map(([field, wrong]) => ({ field, wrong, label: JSON.stringify(wrong).slice(0, 60) }));
}

describe('bad input', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
    ({ id } = await register(admin, { name: 'stays as it is' }));
  });
  afterAll(() => catalog.close());

  let before: Record<string, number>;
  beforeEach(async () => {
    before = await catalog.counts();
  });
  afterEach(async () => {
    expect(await catalog.counts()).toEqual(before);
    expect((await admin.call('GET', `integrations/${id}`)).body).toMatchObject({
      generation: 1,
      name: 'stays as it is',
    });
  });

  const create = (options: CallOptions) => admin.call('POST', 'integrations', options);
  const patch = (options: CallOptions) =>
    admin.call('PATCH', `integrations/${id}`, { ...options, headers: { 'if-match': '"g1"', ...options.headers } });

  const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';

  describe.each(
    labelled([
      ['name', { name: undefined }],
      ['name', { name: '' }],
      ['name', { name: 7 }],
      ['name', { name: null }],
      ['name', { name: 'x'.repeat(101) }],
      ['name', { name: '<script>' }],
      ['name', { name: 'nul\u0000' }],
      ['name', { name: 'half \ud800' }],
      ['type', { type: undefined }],
      ['type', { type: 'toaster' }],
      ['type', { type: ['scm'] }],
      ['type', { type: 'registry' }],
      ['provider', { provider: undefined }],
      ['provider', { provider: 'gitlub' }],
      ['provider', { provider: 'Git Hub' }],
      ['provider', { provider: 'constructor' }],
      ['endpoint', { endpoint: 'memory://local' }],
    ]),
  )('in $field of a POST: $label', ({ field, wrong }) => {
    it("is refused with the field's name and writes nothing", async () => {
      expectProblem(await create({ body: registration(wrong) }), 400, 'invalid_request', field);
    });
  });

  describe.each(
    labelled([
      ['description', { description: 'x'.repeat(1_001) }],
      ['endpoint', { endpoint: 'not a url' }],
      ['endpoint', { endpoint: 'ftp://example.com' }],
      ['endpoint', { endpoint: 'memory://elsewhere' }],
      ['endpoint', { endpoint: 'javascript:alert(1)' }],
      ['endpoint', { endpoint: 'https://user@example.com' }],
      ['endpoint', { endpoint: 'https://example.com?x=1' }],
      ['endpoint', { endpoint: 'https://example.com/#part' }],
      ['endpoint', { endpoint: `https://example.com/${'x'.repeat(500)}` }],
      ['endpoint', { endpoint: { href: 'https://example.com' } }],
      ['authRef', { authRef: 'my-password-in-clear' }],
      ['authRef', { authRef: 'authref://file/../etc/passwd' }],
      ['authRef', { authRef: 'authref://user:pw@file/a' }],
      ['authRef', { authRef: 'authref:///a' }],
      ['authRef', { authRef: '' }],
      ['authRef', { authRef: `authref://file/${'x'.repeat(600)}` }],
      ['authRef', { authRef: { store: 'file' } }],
      ['config', { config: [] }],
      ['config', { config: 'text' }],
      ['config.latencyMs', { config: { latencyMs: 'fast' } }],
      ['config.latencyMs', { config: { latencyMs: -1 } }],
      ['config.colour', { config: { colour: 'red' } }],
      ['tags', { tags: 'prod' }],
      ['tags', { tags: ['Not A Tag'] }],
      ['tags', { tags: ['a', 'a'] }],
      ['tags', { tags: Array.from({ length: 21 }, (_, nth) => `t${nth}`) }],
      ['healthCheck.intervalSeconds', { healthCheck: { intervalSeconds: 9 } }],
      ['healthCheck.intervalSeconds', { healthCheck: { intervalSeconds: 86_401 } }],
      ['healthCheck.intervalSeconds', { healthCheck: { intervalSeconds: '60' } }],
      ['healthCheck.intervalSeconds', { healthCheck: { intervalSeconds: 1e21 } }],
      ['healthCheck.timeoutMs', { healthCheck: { timeoutMs: 5 } }],
      ['healthCheck', { healthCheck: 60 }],
      ['colour', { colour: 'red' }],
      ['id', { id: '01920000-0000-7000-8000-000000000001' }],
      ['config.token', { config: { token: 'hunter2' } }],
      ['config.auth.password', { config: { auth: { password: 'hunter2' } } }],
      ['config.privateKey', { config: { privateKey: PEM } }],
      ['config.note', { config: { note: PEM } }],
      ['config.clientSecret', { config: { clientSecret: ['hunter2'] } }],
      ['description', { description: 'use ghp_hunter2hunter2hunter2hunter2hunter2' }],
      ['description', { description: 'github_pat_11ABCDEFG0hunter2' }],
      ['tags[0]', { tags: ['glpat-hunter2hunter2hunter2'] }],
      ['name', { name: 'AKIAIOSFODNN7EXAMPLE' }],
      ['endpoint', { endpoint: 'https://robot:hunter2@example.com' }],
      ['token', { token: 'hunter2' }],
    ]),
  )('in $field: $label', ({ field, wrong }) => {
    it("is refused by POST and PATCH with the field's name but not the value, and writes nothing", async () => {
      for (const answer of [await create({ body: registration(wrong) }), await patch({ body: wrong })]) {
        expectProblem(answer, 400, 'invalid_request', field);
        expect(answer.text).not.toMatch(/hunter2|MIIEow|my-password/);
      }
    });
  });

  it('with a credential in it is answered with a hint to authRef', async () => {
    const { body } = await create({ body: registration({ config: { token: 'hunter2' } }) });
    expect(body).toMatchObject({ details: [{ field: 'config.token', message: expect.stringContaining('authRef') }] });
  });

  it('in several fields is answered with all their names', async () => {
    const body = registration({
      type: 'ci',
      endpoint: 'https://example.com?x',
      authRef: 'nonsense',
      config: { colour: 1 },
    });
    const answer = await create({ body });
    for (const field of ['type', 'endpoint', 'authRef', 'config.colour']) {
      expectProblem(answer, 400, 'invalid_request', field);
    }
  });

  it.each(['type', 'provider', 'enabled', 'generation', 'createdAt'])('a PATCH cannot change %s', async (field) => {
    const values: Record<string, unknown> = { type: 'scm', provider: 'in_memory', enabled: false, generation: 9 };
    const answer = await patch({ body: { [field]: values[field] ?? 'x' } });
    expectProblem(answer, 400, 'invalid_request', field);
  });

  it.each(['name', 'config'])('a PATCH cannot remove %s', async (field) => {
    expectProblem(await patch({ body: { [field]: null } }), 400, 'invalid_request', field);
  });

  describe.each([
    ['invalid JSON', '{"name": "x", }'],
    ['truncated JSON', '{"name": "x'],
    ['not JSON', 'name=x'],
    ['an array', '[]'],
    ['a string', '"text"'],
    ['a number', '7'],
    ['null', 'null'],
    ['true', 'true'],
    ['only spaces', '   '],
    ['empty', ''],
    ['not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['deeply nested', `{"config": ${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`],
    ['very deeply nested', '['.repeat(500_000)],
    ['very deeply nested and complete', `{"config": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['an object with __proto__', '{"__proto__": {"admin": true}}'],
    ['an object with a nested __proto__', '{"name": "x", "config": {"__proto__": {"latencyMs": 7}}}'],
    ['an object with constructor', '{"constructor": {"prototype": {"admin": true}}}'],
    ['an object with hasOwnProperty', '{"hasOwnProperty": 1, "name": "x"}'],
    ['an object with toString', '{"toString": 1, "config": {"toString": null}}'],
  ])('a body that is %s', (_what, raw) => {
    it('is refused by POST and PATCH', async () => {
      expectProblem(await create({ raw, headers: { 'content-type': 'application/json' } }), 400, 'invalid_request');
      expectProblem(await patch({ raw, headers: { 'content-type': 'application/json' } }), 400, 'invalid_request');
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    });
  });

  it('such as __proto__ is named as an unknown field', async () => {
    const raw = '{"name": "x", "config": {"__proto__": {"latencyMs": 7}}}';
    const answer = await create({ raw, headers: { 'content-type': 'application/json' } });
    expectProblem(answer, 400, 'invalid_request', 'config.__proto__');
  });

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'nonsense',
    '',
  ])('of media type "%s" is refused (415)', async (type) => {
    const raw = new TextEncoder().encode(JSON.stringify(registration()));
    expectProblem(await create({ raw, headers: { 'content-type': type } }), 415, 'invalid_request');
    expectProblem(await patch({ raw, headers: { 'content-type': type } }), 415, 'invalid_request');
  });

  it('that is compressed is refused (415), and a body with encoding identity is read', async () => {
    const raw = new Uint8Array(gzipSync(JSON.stringify(registration())));
    const compressed = await create({ raw, headers: { 'content-encoding': 'gzip' } });
    expectProblem(compressed, 415, 'invalid_request', 'headers.content-encoding');
    const plain = await create({ body: {}, headers: { 'content-encoding': 'identity' } });
    expectProblem(plain, 400, 'invalid_request', 'name');
  });

  it('a registration sent as a merge patch is refused (415)', async () => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    expectProblem(await create({ body: registration(), headers }), 415, 'invalid_request');
  });

  it.each(['enable', 'disable', 'test'])('sent as a body to %s is refused, which takes none', async (action) => {
    expectProblem(
      await admin.call('POST', `integrations/${id}/${action}`, { body: { force: true } }),
      400,
      'invalid_request',
    );
    expectProblem(await admin.call('POST', `integrations/${id}/${action}`, { body: [] }), 400, 'invalid_request');
  });

  it.each([
    ["as curl -d '' sends it", 'application/x-www-form-urlencoded'],
    ['as fetch sends an empty string', 'text/plain;charset=UTF-8'],
    ['as JSON', 'application/json'],
    ['as a merge patch', 'application/merge-patch+json'],
    ['as a form', 'multipart/form-data; boundary=x'],
    ['without a media type', ''],
  ])('an empty body is accepted as no body, whatever its media type: %s', async (_how, type) => {
    const empty = { raw: new Uint8Array(), headers: { 'content-type': type } };
    expect((await admin.call('POST', `integrations/${id}/enable`, empty)).status).toBe(200);
    expectProblem(await admin.call('POST', `integrations/${id}/test`, empty), 503, 'provider_unavailable');
    expect((await admin.call('POST', 'annotations/offline/replay', empty)).status).toBe(202);
    expectProblem(await admin.call('DELETE', `integrations/${id}/dependents/nobody`, empty), 404, 'not_found');
    // If a body is required, its absence is the error.
    expectProblem(await create(empty), 400, 'invalid_request');
  });

  it.each(['enable', 'test'])('sent to %s with another media type is refused for the media type', async (action) => {
    const form = { raw: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expectProblem(await admin.call('POST', `integrations/${id}/${action}`, form), 415, 'invalid_request');
  });

  describe('a body that is too large', () => {
    it('is refused one byte above 1 MiB and accepted up to there', async () => {
      const fill = (size: number) => {
        const start = JSON.stringify(registration()).replace('}', ',"description":"');
        return `${start}${'x'.repeat(size - start.length - 2)}"}`;
      };
      const headers = { 'content-type': 'application/json' };
      expectProblem(await create({ raw: fill(MIB), headers }), 400, 'invalid_request', 'description');
      expectProblem(await create({ raw: fill(MIB + 1), headers }), 413, 'too_large');
    });

    it('is refused (413) at 10 MB, and the process keeps serving', async () => {
      const body = registration({ description: randomBytes(5_000_000).toString('hex') });
      expectProblem(await create({ body }), 413, 'too_large');
      expect((await admin.call('GET', 'integrations')).status).toBe(200);
    });

    it('is refused even when its length is not announced', async () => {
      const chunk = new TextEncoder().encode(`"${'x'.repeat(100_000)}",`);
      let left = 100;
      const stream = new ReadableStream({
        pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
      });
      const response = await fetch(`${catalog.origin}/api/v1/integrations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
        body: stream,
        duplex: 'half',
      } as RequestInit);
      expect(response.status).toBe(413);
      expect((await admin.call('GET', 'integrations')).status).toBe(200);
    });
  });

  describe('in the URL', () => {
    it.each(['GET', 'PATCH', 'DELETE'])('of a %s that is not an id is refused with the name id', async (method) => {
      for (const wrong of ['seven', '1', `${id}x`, '%00', '..%2f..', "'%20OR%201=1"]) {
        const answer = await admin.call(method, `integrations/${wrong}`, {
          body: method === 'PATCH' ? {} : undefined,
          headers: { 'if-match': '*' },
        });
        expectProblem(answer, 400, 'invalid_request', 'id');
      }
    });

    it.each([
      '/',
      '/api',
      '/api/v1',
      '/api/v1/',
      '/api/v2/integrations',
      '/api/v1/integrations/',
      '/nothing',
      '/docs/nothing',
    ])('answers 404 for the unknown path %s', async (path) => {
      expectProblem(await admin.call('GET', path), 404, 'not_found');
    });

    it.each([
      ['PUT', `/api/v1/integrations/:id`, 'DELETE, GET, HEAD, PATCH'],
      ['DELETE', '/api/v1/integrations', 'GET, HEAD, POST'],
      ['PATCH', '/api/v1/integrations/summary', 'GET, HEAD'],
      ['GET', '/api/v1/integrations/test', 'POST'],
      ['GET', '/api/v1/integrations/:id/enable', 'POST'],
      ['POST', '/api/v1/annotations', 'GET, HEAD'],
      ['OPTIONS', '/api/v1/integrations', 'GET, HEAD, POST'],
    ])('%s %s is answered with the allowed methods (405)', async (method, path, allow) => {
      const answer = await admin.call(method, path.replace(':id', id));
      expectProblem(answer, 405, 'unsupported_operation');
      expect(answer.headers.get('allow')).toBe(allow);
    });

    it('answers a problem when the URL is malformed or overlong', async () => {
      expectProblem(await admin.call('GET', '/api/v1/integrations/%zz'), 400, 'invalid_request');
      expectProblem(await admin.call('GET', `/api/v1/providers/${'x'.repeat(2_000)}`), 404, 'not_found');
    });
  });

  it('that is overlong or not HTTP is answered with a problem as well', async () => {
    const problem = (errorCode: string, status: number) => ({
      type: `tag:stella-ops.org,2026:integrations/${errorCode}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      errorCode,
      details: [],
    });
    for (const answer of [
      await admin.call('GET', `integrations?q=${'x'.repeat(17_000)}`),
      await admin.call('GET', 'integrations', { headers: { 'x-note': 'x'.repeat(17_000) } }),
    ]) {
      expect([answer.status, answer.body]).toEqual([431, problem('too_large', 431)]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer.text).toContain('16 KiB');
    }
    for (const sent of ['hello\r\n\r\n', 'FETCH /api/v1/integrations HTTP/1.1\r\nHost: x\r\n\r\n']) {
      const [head = '', body = ''] = (await answerTo(sent)).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
      expect(JSON.parse(body)).toEqual(problem('invalid_request', 400));
    }
    expect((await admin.call('GET', 'integrations')).status).toBe(200);
  });

  /** Everything that the server sends until it closes the connection. */
  async function answerTo(sent: string): Promise<string> {
    const socket = connectTcp(Number(new URL(catalog.origin).port), '127.0.0.1');
    socket.end(sent);
    return text(socket);
  }

  it('such as a connection closed in the middle of a body does no harm', async () => {
    const { port } = new URL(catalog.origin);
    for (let nth = 0; nth < 5; nth++) {
      const socket = connectTcp(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      const head = `POST /api/v1/integrations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${admin.token}\r\n`;
      socket.write(`${head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"name": "x"`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
    }
    expect((await admin.call('GET', 'integrations')).status).toBe(200);
  });

  it('gets security headers and no access from other origins, even in an error', async () => {
    for (const path of ['integrations', 'nothing']) {
      const { headers } = await admin.call('GET', path, { headers: { origin: 'https://evil.example' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('any JSON at all', () => {
  let catalog: TestCatalog;
  let admin: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
  });
  afterAll(() => catalog.close());

  /** Any value, under a name that is special to the API or to JavaScript. */
  const anything = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc
      .dictionary(
        fc.constantFrom(
          ...[
            'name',
            'type',
            'provider',
            'endpoint',
            'authRef',
            'config',
            'tags',
            'enabled',
            'healthCheck',
            'description',
          ],
          ...['__proto__', 'constructor', 'hasOwnProperty', 'then', 'length', 'toJSON'],
        ),
        fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('scm', 'in_memory', 'authref://env/A', 'https://a.b')),
      )
      .map((body) => JSON.stringify(body)),
    fc
      .record({ name: anyText(), config: fc.object(), tags: fc.array(fc.string()) }, { requiredKeys: [] })
      .map((body) => JSON.stringify({ type: 'scm', provider: 'in_memory', ...body })),
    anyText(),
  );

  it('never makes POST or PATCH fail unexpectedly', async () => {
    const { id } = await register(admin);
    const headers = { 'content-type': 'application/json', 'if-match': '*' };
    await fc.assert(
      fc.asyncProperty(anything, async (raw) => {
        const created = await admin.call('POST', 'integrations', { raw, headers });
        const patched = await admin.call('PATCH', `integrations/${id}`, { raw, headers });
        expect([201, 400, 409]).toContain(created.status);
        expect([200, 400, 409]).toContain(patched.status);
        for (const answer of [created, patched]) {
          if (answer.status >= 400)
            expectProblem(answer, answer.status, answer.status === 409 ? 'conflict' : 'invalid_request');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('in a query string never makes a list fail unexpectedly', async () => {
    const name = fc.oneof(
      fc.constantFrom('limit', 'cursor', 'tag', 'type', 'enabled', '__proto__', 'a[b]'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 4 }), async (pairs) => {
        const { status } = await admin.call('GET', `integrations?${new URLSearchParams(pairs)}`);
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });

  it('is returned as it was stored, if accepted', async () => {
    const text = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,40}$/);
    const body = fc.record({
      name: text,
      description: text,
      tags: fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const created = await admin.call('POST', 'integrations', { body: registration(given) });
        fc.pre(created.status !== 409);
        expect(created.body).toMatchObject(given);
        const path = `integrations/${String(created.body['id'])}`;
        expect((await admin.call('GET', path)).body).toEqual(created.body);
      }),
      { numRuns: 50 },
    );
  });

  it('that breaks off is not logged as an error, or anybody could fill the log', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error');
    const server: Server = catalog.app.getHttpServer();
    const arrived = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const { hostname, port } = new URL(catalog.origin);
    const socket = connectTcp(Number(port), hostname);
    const head =
      'POST /api/v1/integrations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99';
    socket.write(`${head}\r\n\r\n{"name"`);
    const [, answer] = await arrived;
    socket.destroy();
    while (!answer.writableEnded) await new Promise(setImmediate);
    expect(answer.statusCode).toBe(400);
    expect(logged.mock.calls).toEqual([]);
    logged.mockRestore();
  });
});
