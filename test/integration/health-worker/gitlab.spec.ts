import type { ProbeVerdict } from '@integrations/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OWNER, startAcme, TOKEN } from '../../support/fake-gitlab/connection';
import type { FakeGitLab } from '../../support/fake-gitlab/index';
import { register, startCatalog, type TestCatalog, type TestClient } from '../catalog/support';
import { startHealthWorker } from './start-health-worker';

describe('The catalog and the worker at GitLab', () => {
  let gitlab: FakeGitLab;
  let catalog: TestCatalog;
  let admin: TestClient;
  let worker: NestFastifyApplication;
  let id: string;

  beforeAll(async () => {
    gitlab = await startAcme();
    catalog = await startCatalog();
    admin = await catalog.client();
    process.env['GITLAB_SPEC_SECRET_TOKEN'] = TOKEN;
    const { databaseUrl: DATABASE_URL, natsUrl: NATS_URL } = catalog.config;
    worker = await startHealthWorker({
      DATABASE_URL,
      NATS_URL,
      EGRESS_ALLOW: '127.0.0.1/32',
      SECRETS_ENV_PREFIX: 'GITLAB_SPEC_SECRET_',
    });
    ({ id } = await register(admin, {
      ...{ provider: 'gitlab', endpoint: gitlab.url, authRef: 'authref://env/TOKEN', config: {} },
      // The periodic check would call GitLab as well.
      enabled: false,
    }));
  });
  afterEach(() => expect(gitlab.violations).toEqual([]));
  afterAll(async () => {
    delete process.env['GITLAB_SPEC_SECRET_TOKEN'];
    await worker?.close();
    await catalog.close();
    await gitlab.stop();
  });

  it('report what the token may do, and when it expires', async () => {
    const { body: verdict } = await admin.call<ProbeVerdict & Record<string, unknown>>(
      'POST',
      `integrations/${id}/test`,
    );

    expect(verdict).toMatchObject({
      ...{ status: 'healthy', code: 'ok', server: { product: 'GitLab Enterprise Edition', version: '17.11.2-ee' } },
      principal: { id: 'project_1_bot_abc', kind: 'project_access_token' },
      permissions: { granted: ['api'], missing: [] },
      credential: { expiresAt: '2099-01-01T00:00:00.000Z' },
    });
    expect(gitlab.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('list its projects, including those in subgroups', async () => {
    await admin.call('POST', `integrations/${id}/enable`);
    const { body } = await admin.call<{ items: { owner: string; name: string }[] } & Record<string, unknown>>(
      'GET',
      `integrations/${id}/repositories?q=platform`,
    );

    expect(body.items).toMatchObject([{ owner: OWNER, name: 'shop' }]);
  });
});
