import { readFileSync } from 'node:fs';

interface Described {
  readonly description?: string;
}
interface Parameter extends Described {
  readonly name: string;
}
interface Problem {
  readonly status: number;
  readonly errorCode: string;
}
interface Response {
  readonly content?: Readonly<Record<string, { readonly examples?: Readonly<Record<string, { value: Problem }>> }>>;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly parameters: readonly Parameter[];
}
interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly (Described & { readonly name: string })[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<
      Record<string, Described & { readonly properties?: Readonly<Record<string, Described>> }>
    >;
  };
}

/** Fields whose description would only repeat that a page has items. */
const EXEMPT = ['items'];

// `npm run docs -- --check`, which is part of `npm run check`, makes sure that the file is up to date.
const text = readFileSync('docs/openapi.json', 'utf8');
const { servers, tags, paths, components } = JSON.parse(text) as Document;

describe('docs/openapi.json', () => {
  it('describes every parameter', () => {
    const parameters = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) =>
        operation.parameters.map(({ name, description }) => [`${method} ${path}: ${name}`, description] as const),
      ),
    );
    expect(parameters.length).toBeGreaterThan(100);
    expect(parameters.filter(([, description]) => !description)).toEqual([]);
  });

  it('gives each operation a name of its own, which generated clients call their functions', () => {
    const ids = Object.values(paths).flatMap((operations) => Object.values(operations).map((one) => one.operationId));
    expect(ids.length).toBeGreaterThan(30);
    // By default, Swagger names them after our controllers: `DeletedController_restore`.
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes every field of requests and responses', () => {
    const fields = Object.entries(components.schemas).flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties).map(([name, { description }]) => [schema, name, description] as const),
    );
    expect(fields.length).toBeGreaterThan(200);
    expect(fields.filter(([, name, description]) => !description && !EXEMPT.includes(name))).toEqual([]);
  });

  it('names its server and describes the tags of its operations, as linters ask for', () => {
    expect(servers.map(({ url }) => url)).toEqual(['/']);
    const used = Object.values(paths).flatMap((operations) => Object.values(operations).flatMap((each) => each.tags));
    expect(tags.map(({ name }) => name).sort()).toEqual([...new Set(used)].sort());
    expect(tags.filter(({ description }) => !description)).toEqual([]);
  });

  it('has no escaped slash in a regular expression, which some generators escape a second time', () => {
    expect(text).toContain('"pattern": "^[a-z0-9]{1,30}/');
    expect(text).not.toContain(String.raw`\\/`);
  });

  it('names each error code that a status may come with, with an example', () => {
    const responses = Object.values(paths).flatMap((operations) =>
      Object.values(operations).flatMap((operation) => Object.entries(operation.responses)),
    );
    const problems = responses.filter(([status]) => Number(status) >= 400);
    expect(problems.length).toBeGreaterThan(300);
    for (const [status, { content = {} }] of problems) {
      const { examples = {} } = content['application/problem+json'] ?? {};
      expect(Object.keys(examples)).not.toEqual([]);
      for (const [code, { value }] of Object.entries(examples))
        expect([value.status, value.errorCode]).toEqual([Number(status), code]);
    }
    const codes = (method: string, path: string, status: number) => {
      const { content = {} } = paths[path]![method]!.responses[status]!;
      return Object.keys(content['application/problem+json']!.examples!).sort();
    };
    expect(codes('post', '/api/v1/integrations', 422)).toEqual(['egress_blocked', 'invalid_request']);
    expect(codes('get', '/api/v1/integrations/{id}/tags', 502)).toEqual([
      ...['digest_mismatch', 'network', 'not_found_or_no_access', 'not_installed', 'permission_missing'],
      ...['provider_unavailable', 'secret_unresolvable', 'tls', 'unauthenticated'],
    ]);
    // A vendor's answer may be too large.
    expect(codes('get', '/api/v1/integrations/{id}/tags', 413)).toEqual(['too_large']);
    expect(codes('get', '/api/v1/integrations', 431)).toEqual(['too_large']);
    // A body is refused by its size before the route refuses to take any.
    expect(codes('delete', '/api/v1/integrations/{id}', 413)).toEqual(['too_large']);
  });

  it('leaves only the fields open whose content others define', () => {
    const open = Object.entries(components.schemas).flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, property]) => JSON.stringify(property).includes('"additionalProperties":true'))
        .map(([name]) => `${schema}.${name}`),
    );
    expect(open.sort()).toEqual([
      'AuditEntryResponse.detail',
      'CreateIntegrationRequest.config',
      'EventResponse.data',
      'IntegrationResponse.config',
      'ParkedPayload.request',
      'ProviderResponse.configSchema',
      'TestDraftRequest.config',
      'UpdateIntegrationRequest.config',
      'VendorRequest.body',
    ]);
  });

  it('says of each object which fields it has or that it may have any, and nothing of one that it only refers to', () => {
    const nodes: Record<string, unknown>[] = [];
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'object' && value !== null) nodes.push(value as Record<string, unknown>);
      return value;
    });
    const objects = nodes.filter(({ type }) => [type].flat().includes('object'));
    expect(objects.length).toBeGreaterThan(60);
    expect(objects.filter((node) => !('properties' in node) && !('additionalProperties' in node))).toEqual([]);
    expect(nodes.filter((node) => '$ref' in node && 'type' in node)).toEqual([]);
  });

  it('describes every enumeration', () => {
    const enumerations = Object.entries(components.schemas).filter(([, schema]) => 'enum' in schema);
    expect(enumerations.length).toBeGreaterThan(10);
    expect(enumerations.filter(([, { description }]) => !description)).toEqual([]);
  });

  it('takes the descriptions of a response from the interface that its class implements', () => {
    const { description, properties } = components.schemas['RunResponse']!;
    expect(description).toMatch(/^One run of a pipeline\./);
    expect(properties).toMatchObject({ name: { description: 'Display name: `#42`, `shop-build-x7f2q`.' } });
  });

  it('takes the descriptions of a request from its class, followed by rules that JSON Schema cannot express', () => {
    const { parameters } = paths['/api/v1/integrations']!['get']!;
    expect(parameters.find(({ name }) => name === 'q')).toMatchObject({
      description: expect.stringMatching(/^Search words\. .* Must contain a letter or a digit\.$/),
    });
    expect(components.schemas['CreateIntegrationRequest']!.properties).toMatchObject({
      name: { description: expect.stringMatching(/^A name .* Must be 1 to 100 letters, digits/) },
    });
  });

  it('does not name the classes that were its source', () => {
    expect(text).not.toContain('x-documented-by');
  });
});
