import type { OperationResult } from '@integrations/contracts';
import { generateMasterKey } from '@integrations/secrets';
import fc from 'fast-check';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

const NOBODY = '01920000-0000-7000-8000-000000000001';
const FIELDS = [
  'name',
  'type',
  'provider',
  'config',
  'authRef',
  'tags',
  'note',
  'value',
  'integrationId',
  'since',
  'until',
];
const SUBJECTS = ['get', 'list', 'resolve'].map((verb) => `integrations.v1.rpc.catalog.${verb}`);

/** JSON as text, with what parsers, prototypes, databases and lists trip over. */
const part = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    ...[
      '1e400',
      '-1e400',
      '9'.repeat(400),
      '-0',
      '"\\u0000"',
      '"\\ud800"',
      '{"__proto__": {"admin": true}}',
      '[[[[]]]]',
    ],
    ...['"authref://env/A"', `"${NOBODY}"`, '"in_memory"', '"scm"', '"2026-01-01T00:00:00Z"', '{"length": 4294967295}'],
    `[${Array(100_000).fill('0').join()}]`,
    `[${Array(100_000).fill('{}').join()}]`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  ),
);
const name = fc.constantFrom(...FIELDS, '__proto__', 'constructor', 'toString', 'then', '', '0');
const json = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.tuple(name, part), { maxLength: 5 }).map(asObject) },
  { weight: 1, arbitrary: part },
);

describe('any JSON at all', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog({ secretsMasterKey: generateMasterKey() });
    admin = await catalog.client();
    ({ id } = await register(admin));
  });
  afterAll(() => catalog.close());

  it.each([
    ['PUT', 'integrations/:id/dependents/scheduler'],
    ['POST', 'integrations/:id/enable'],
    ['POST', 'integrations/:id/restore'],
    ['POST', 'annotations/offline/replay'],
    ['POST', `annotations/${NOBODY}/retry`],
    ['PUT', 'secrets/some/path'],
  ])(
    'never makes %s %s fail unexpectedly',
    async (method, path) => {
      const headers = { 'content-type': 'application/json', 'if-match': '*' };
      await fc.assert(
        fc.asyncProperty(json, async (raw) => {
          const answer = await admin.call(method, path.replace(':id', id), { raw, headers });
          if (answer.status < 300) return;
          expect([400, 404, 409]).toContain(answer.status);
          expectProblem(answer, answer.status, String(answer.body['errorCode']));
        }),
        { numRuns: 60 },
      );
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
      expect((await admin.call('GET', `integrations/${id}`)).status).toBe(200);
    },
    120_000,
  );

  it.each(SUBJECTS)(
    'never makes %s fail unexpectedly, which always answers a result',
    async (subject) => {
      await fc.assert(
        fc.asyncProperty(json, async (raw) => {
          const reply = await catalog.nats.request(subject, raw, { timeout: 20_000 });
          const { success, errorCode } = reply.json<OperationResult<unknown>>();
          expect(success ? 'ok' : errorCode).toMatch(/^(ok|invalid_request|not_found|ambiguous_integration)$/);
        }),
        { numRuns: 60 },
      );
    },
    120_000,
  );
});

function asObject(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join()}}`;
}
