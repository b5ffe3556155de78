import type { OperationResult } from '@integrations/contracts';
import { generateMasterKey } from '@integrations/secrets';
import fc from 'fast-check';
import { anyJson } from '../../support/any-json';
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

const json = anyJson(FIELDS);

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
  ])('never makes %s %s fail unexpectedly', async (method, path) => {
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
  });

  it.each(SUBJECTS)('never makes %s fail unexpectedly: it always answers an operation result', async (subject) => {
    await fc.assert(
      fc.asyncProperty(json, async (raw) => {
        const reply = await catalog.nats.request(subject, raw, { timeout: 60_000 });
        const { success, errorCode } = reply.json<OperationResult<unknown>>();
        expect(success ? 'ok' : errorCode).toMatch(/^(ok|invalid_request|not_found|ambiguous_integration)$/);
      }),
      { numRuns: 60 },
    );
  });
});
