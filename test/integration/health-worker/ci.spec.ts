import type { OperationResult, PipelinePage, RunPage } from '@integrations/contracts';
import type { IntegrationRow, NewIntegration } from '@integrations/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { COMMIT, FakeJenkins, MAIN, SECRET, USER } from '../../support/fake-jenkins';
import { WorkerPlatform } from './platform';

const JENKINS = {
  type: 'ci',
  provider: 'jenkins',
  authRef: 'authref://env/TOKEN',
  config: { username: USER },
} as const;

let platform: WorkerPlatform;
let app: NestFastifyApplication;
let jenkins: FakeJenkins;

beforeAll(async () => {
  [platform, jenkins] = await Promise.all([WorkerPlatform.start(), FakeJenkins.start()]);
  process.env['CI_SPEC_SECRET_TOKEN'] = SECRET;
  app = await platform.startApp({ EGRESS_ALLOW: '127.0.0.1/32', SECRETS_ENV_PREFIX: 'CI_SPEC_SECRET_' });
});

afterAll(async () => {
  delete process.env['CI_SPEC_SECRET_TOKEN'];
  await app?.close();
  await platform?.stop();
  await jenkins?.close();
});

describe('a CI system over plain NATS', () => {
  it('lists its pipelines page by page, and finds them by a part of the name in any case', async () => {
    const { id: integrationId } = await registered({});
    const first = await ask<PipelinePage>('pipelines', { integrationId, limit: 3 });
    expect(first.result!.items.map(({ id }) => id)).toEqual(['backup', 'shop/main', 'shop/feature%2Fcart']);
    const rest = await ask<PipelinePage>('pipelines', { integrationId, limit: 3, cursor: first.result!.nextCursor });
    expect(rest.result).toMatchObject({ items: [{ id: 'nightly', enabled: true }], nextCursor: null });
    const found = await ask<PipelinePage>('pipelines', { integrationId, q: 'SHOP/FEATURE/' });
    expect(found.result).toMatchObject({ items: [{ name: 'shop/feature/cart' }] });
  });

  it('lists the runs of a pipeline page by page, and those of a commit', async () => {
    const { id: integrationId } = await registered({});
    const runs = { integrationId, pipeline: MAIN, limit: 2 };
    const first = await ask<RunPage>('runs', runs);
    expect(first.result).toMatchObject({ items: [{ id: '3', conclusion: 'success' }, { id: '2' }] });
    const rest = await ask<RunPage>('runs', { ...runs, cursor: first.result!.nextCursor });
    expect(rest.result).toMatchObject({ items: [{ id: '1' }], nextCursor: null });
    const found = await ask<RunPage>('runs', { ...runs, commit: COMMIT });
    expect(found.result).toMatchObject({ items: [{ id: '3', commit: COMMIT }], nextCursor: null });
  });

  it('refuses a cursor that was changed or belongs to another list', async () => {
    const [one, two] = [await registered({}), await registered({})];
    const runs = { integrationId: one.id, pipeline: MAIN, limit: 2 };
    const { nextCursor: cursor } = (await ask<RunPage>('runs', runs)).result!;
    for (const [kind, request] of [
      ['runs', { ...runs, cursor: `${cursor}A` }],
      ['runs', { ...runs, cursor, integrationId: two.id }],
      ['runs', { ...runs, cursor, commit: COMMIT }],
      ['runs', { ...runs, cursor, pipeline: 'nightly' }],
      ['pipelines', { integrationId: one.id, cursor }],
    ] as const) {
      const refusal = { success: false, errorCode: 'invalid_request', details: [{ field: 'cursor' }] };
      expect(await ask(kind, request)).toMatchObject(refusal);
    }
  });

  it.each([
    ['pipelines', 'integrationId', { integrationId: 'seven' }],
    ['pipelines', 'q', { q: '' }],
    ['runs', 'commit', { pipeline: MAIN, commit: COMMIT.slice(0, 7) }],
    ['runs', 'commit', { pipeline: MAIN, commit: COMMIT.toUpperCase() }],
    ['runs', 'pipeline', { pipeline: '' }],
    ['runs', 'limit', { pipeline: MAIN, limit: 101 }],
  ])(
    'refuses a request for %s with an invalid %s by name, without calling the vendor',
    async (kind, field, request) => {
      const { id } = await registered({});
      jenkins.requests.length = 0;
      const reply = await ask(kind, { integrationId: id, ...request });
      expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request' });
      expect(reply.details.map((detail) => detail.field)).toContain(field);
      expect(jenkins.requests).toEqual([]);
    },
  );

  it.each([
    ['pipeline', {}],
    ['repository', { pipeline: MAIN, repository: 'acme/shop' }],
  ])('says that %s is required or not supported', async (field, request) => {
    const { id } = await registered({});
    const reply = await ask('runs', { integrationId: id, ...request });
    const message = expect.stringContaining(field) as string;
    expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request', errorMessage: message });
  });

  it("reports what is missing, another tenant's, disabled or not a CI system", async () => {
    const { id } = await registered({});
    const runs = { integrationId: id, pipeline: 'shop/gone' };
    expect(await ask('runs', runs)).toMatchObject({ errorCode: 'not_found_or_no_access', isTransient: false });
    const disabled = await registered({ enabled: false });
    const scm = await registered({ type: 'scm', provider: 'in_memory', endpoint: 'memory://local', config: {} });
    for (const kind of ['pipelines', 'runs']) {
      const asked = (integrationId: string) =>
        kind === 'runs' ? { integrationId, pipeline: MAIN } : { integrationId };
      expect(await ask(kind, asked(id), 'globex')).toMatchObject({ errorCode: 'not_found' });
      expect(await ask(kind, asked(disabled.id))).toMatchObject({ errorCode: 'integration_disabled' });
      expect(await ask(kind, asked(scm.id))).toMatchObject({ errorCode: 'unsupported_operation' });
    }
  });
});

function registered(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  return platform.integrate({ ...JENKINS, endpoint: jenkins.url, ...overrides });
}

function ask<T>(kind: string, request: object, tenant = 'acme'): Promise<OperationResult<T>> {
  return platform.ask(`integrations.v1.rpc.ci.${kind}`, request, tenant);
}
