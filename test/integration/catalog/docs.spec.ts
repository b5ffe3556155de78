import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { CREATE_EXAMPLES, PATCH_EXAMPLES } from '../../../apps/catalog-api/src/docs/examples';
import { register, registration, startCatalog, type TestCatalog, type TestClient } from './support';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema?: object;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object; readonly examples?: object }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
}

interface ApiDescription {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

describe('the API description', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let api: ApiDescription;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
    api = (await catalog.anonymous().call<ApiDescription>('GET', '/docs-json')).body;
  });
  afterAll(() => catalog.close());

  const operations = () =>
    Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    );

  // OpenAPI 3.1 schemas are JSON Schema 2020-12.
  const compile = (schema: object): ValidateFunction => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    return ajv.compile({ ...schema, components: api.components });
  };

  it('is also served as a page whose scripts the app itself serves', async () => {
    const page = await catalog.anonymous().call('GET', '/docs');
    expect(page.text).toContain('swagger-ui');
    for (const [, source] of page.text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)) {
      const path = new URL(source!, `${catalog.origin}/docs`).pathname;
      expect([path, (await catalog.anonymous().call('GET', path)).status]).toEqual([path, 200]);
    }
  });

  it('uses no regular expression that other languages cannot read, and accepts times even if formats are not checked', () => {
    expect(JSON.stringify(api)).not.toMatch(/\\p\{/i);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const { parameters = [] } = api.paths['/api/v1/annotations']?.['get'] ?? {};
    const since = parameters.find(({ name }) => name === 'since');
    expect(ajv.validate(since?.schema ?? false, '2026-01-31T12:00:00Z')).toBe(true);
  });

  it('allows null for optional fields, as the API does', async () => {
    const nulls = { endpoint: null, authRef: null, config: null, tags: null, enabled: null, description: null };
    const validate = compile({ $ref: '#/components/schemas/CreateIntegrationRequest' });
    for (const healthCheck of [null, { intervalSeconds: null }]) {
      const body = registration({ ...nulls, healthCheck });
      expect([validate(body), validate.errors]).toEqual([true, null]);
      expect((await admin.call('POST', 'integrations', { body })).status).toBe(201);
    }
  });

  it.each([
    [{ healthCheck: { intervalSeconds: null } }, 200],
    [{ maintenance: { until: null } }, 400],
  ])('allows null in a change exactly where the API does: %j', async (body, status) => {
    const { id } = await register(admin);
    const validate = compile({ $ref: '#/components/schemas/UpdateIntegrationRequest' });
    expect(validate(body)).toBe(status === 200);
    const headers = { 'if-match': '*' };
    expect((await admin.call('PATCH', `integrations/${id}`, { body, headers })).status).toBe(status);
  });

  it('contains everything that it refers to', () => {
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name] of references) expect(Object.keys(api.components.schemas)).toContain(name);
  });

  it('describes exactly the parameters that each path contains', () => {
    for (const [route, { parameters = [] }] of operations()) {
      const described = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      const named = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([route, described.sort()]).toEqual([route, named.sort()]);
    }
  });

  it('documents for each route its purpose, its need for a token and its problems', () => {
    expect(operations().length).toBeGreaterThan(10);
    for (const [route, { summary, security, responses }] of operations()) {
      expect([route, summary]).toEqual([route, expect.stringMatching(/./)]);
      expect([route, security]).toEqual([route, [{ bearer: [] }]]);
      expect([route, Object.keys(responses)]).toEqual([
        route,
        expect.arrayContaining(['400', '401', '403', '429', '500', '503']),
      ]);
      for (const [status, response] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        expect([route, status, Object.keys(response.content ?? {})]).toEqual([
          route,
          status,
          ['application/problem+json'],
        ]);
      }
    }
  });

  it('documents for each route with a body that the body may be too large or of an unsupported media type', () => {
    const taking = operations().filter(([, { requestBody }]) => requestBody);
    expect(taking.length).toBeGreaterThan(5);
    for (const [route, { responses }] of taking) {
      expect([route, Object.keys(responses)]).toEqual([route, expect.arrayContaining(['413', '415'])]);
    }
  });

  it('documents for each route that changes something that a media type may be unsupported, even if it takes no body', () => {
    const changing = operations().filter(([route]) => !route.startsWith('GET '));
    expect(changing.some(([, { requestBody }]) => !requestBody)).toBe(true);
    for (const [route, { responses }] of changing) {
      expect([route, Object.keys(responses)]).toEqual([route, expect.arrayContaining(['415'])]);
    }
  });

  it('explains at each idempotency key that answers of 500 or above are not stored, though the request may have taken effect', () => {
    const keyed = operations().flatMap(([, { parameters = [] }]) =>
      parameters.filter(({ name }) => name.toLowerCase() === 'idempotency-key'),
    );
    expect(keyed.length).toBeGreaterThan(5);
    for (const { description } of keyed) expect(description).toMatch(/500 or above, the request may have taken effect/);
  });

  it('documents where an address may be refused', () => {
    for (const operation of [
      api.paths['/api/v1/integrations']?.['post'],
      api.paths['/api/v1/integrations/{id}']?.['patch'],
    ]) {
      expect(JSON.stringify(operation?.responses['422'])).toContain('egress_blocked');
    }
  });

  it('lists every field of a registration and allows no others', () => {
    expect(api.components.schemas['CreateIntegrationRequest']).toMatchObject({
      required: ['name', 'type', 'provider'],
      additionalProperties: false,
      properties: {
        type: { enum: ['scm', 'registry', 'ci', 'runtime_host'] },
        enabled: { default: true },
        healthCheck: { anyOf: [{ $ref: '#/components/schemas/HealthCheckSettings' }, { type: 'null' }] },
      },
    });
  });

  it.each(['https://harbor', 'http://10.0.0.5:8080', 'http://[::1]/git', 'unix:///run/docker.sock'])(
    'accepts %s as an endpoint',
    (endpoint) => {
      const valid = (name: string, body: object) => compile(api.components.schemas[name]!)(body);
      expect(valid('CreateIntegrationRequest', registration({ endpoint }))).toBe(true);
      expect(valid('TestDraftRequest', registration({ endpoint }))).toBe(true);
      expect(valid('UpdateIntegrationRequest', { endpoint })).toBe(true);
    },
  );

  it('has examples that are accepted', async () => {
    const created = await admin.call('POST', 'integrations', { body: CREATE_EXAMPLES.demo.value });
    expect(created.status).toBe(201);
    const path = `integrations/${String(created.body['id'])}`;
    const validate = compile(api.components.schemas['UpdateIntegrationRequest']!);
    for (const { value } of Object.values(PATCH_EXAMPLES)) {
      expect([validate(value), validate.errors]).toEqual([true, null]);
      const patched = await admin.call('PATCH', path, { body: value, headers: { 'if-match': '*' } });
      expect(patched.status).toBe(200);
    }
  });

  it('names every query parameter of each route: others are refused', async () => {
    const { id } = await register(admin);
    const values: Record<string, string> = { id, operationId: id, provider: 'in_memory', consumer: 'scheduler' };
    for (const [route] of operations()) {
      const [method, path] = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? name).split(' ');
      const { status, body } = await admin.call(method!, `${path!.replace('/api/v1/', '')}?dryRun=true`);
      expect([route, status, body['details']]).toEqual([
        route,
        400,
        expect.arrayContaining([expect.objectContaining({ field: 'dryRun' })]),
      ]);
    }
  });

  it('matches the actual answers', async () => {
    const { id } = await register(admin, { description: 'described', tags: ['a'] });
    for (const [method, path, called, body, type = 'application/json'] of [
      ['get', '/api/v1/providers', 'providers'],
      ['get', '/api/v1/providers/{provider}', 'providers/in_memory'],
      ['post', '/api/v1/integrations', 'integrations', registration()],
      ['get', '/api/v1/integrations', 'integrations'],
      ['get', '/api/v1/integrations/{id}', `integrations/${id}`],
      ['get', '/api/v1/integrations/{id}/health', `integrations/${id}/health`],
      ['get', '/api/v1/annotations', 'annotations'],
      ['get', '/api/v1/audit', 'audit'],
      ['get', '/api/v1/audit/verify', 'audit/verify'],
      ['get', '/api/v1/integrations/{id}', 'integrations/seven'],
      ['post', '/api/v1/integrations', 'integrations', { name: 7 }],
      ['post', '/api/v1/integrations', 'integrations', {}, 'text/plain'],
      ['post', '/api/v1/integrations/{id}/test', `integrations/${id}/test`],
    ] as const) {
      const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
      const answer = await admin.call(method.toUpperCase(), called, { body, headers });
      const described = api.paths[path]?.[method]?.responses[answer.status]?.content ?? {};
      const schema = Object.values(described)[0]?.schema;
      expect([path, answer.status, schema]).toEqual([path, answer.status, expect.anything()]);
      const validate = compile(schema!);
      expect([path, validate(answer.body), validate.errors]).toEqual([path, true, null]);
    }
  });
});
