import type { OperationResult } from '@integrations/contracts';
import type { IntegrationRow, NewIntegration } from '@integrations/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FakeRegistry, type StoredManifest } from '../../support/fake-registry';
import { WorkerPlatform } from './platform';

let platform: WorkerPlatform;
let app: NestFastifyApplication;
let registry: FakeRegistry;
let image: StoredManifest;
let sbom: StoredManifest;

beforeAll(async () => {
  platform = await WorkerPlatform.start();
  registry = await FakeRegistry.start();
  const shop = registry.repository('team/shop');
  image = shop.pushIndex('stable', ['linux/amd64', 'linux/arm64']);
  for (const tag of ['1.0', '1.1', '2.0']) shop.push(tag);
  sbom = shop.refer(image, 'application/spdx+json');
  registry.repository('alpine').push('3');
  app = await platform.startApp({ EGRESS_ALLOW: '127.0.0.1/32' });
});

afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await registry.close();
});

describe('a container registry over plain NATS', () => {
  it('lists its repositories', async () => {
    const { id } = await registered({});
    expect(await ask('repositories', { integrationId: id })).toMatchObject({
      success: true,
      result: {
        items: [
          { owner: '', name: 'alpine' },
          { owner: 'team', name: 'shop' },
        ],
        nextCursor: null,
      },
    });
  });

  it('lists the tags of a repository page by page, and finds them by a part of the name', async () => {
    const { id: integrationId } = await registered({});
    const tags = { integrationId, repository: 'team/shop', limit: 3 };
    const first = await ask<{ nextCursor: string }>('tags', tags);
    expect(first.result).toMatchObject({ items: [{ name: '1.0', digest: null }, { name: '1.1' }, { name: '2.0' }] });
    const rest = await ask('tags', { ...tags, cursor: first.result!.nextCursor });
    expect(rest.result).toMatchObject({ items: [{ name: 'stable' }], nextCursor: null });
    const found = await ask('tags', { ...tags, q: 'STAB' });
    expect(found.result).toMatchObject({ items: [{ name: 'stable' }] });
    const elsewhere = await ask('tags', { ...tags, repository: 'alpine', cursor: first.result!.nextCursor });
    expect(elsewhere).toMatchObject({ errorCode: 'invalid_request', details: [{ field: 'cursor' }] });
  });

  it('resolves a tag, also for one platform', async () => {
    const { id: integrationId } = await registered({});
    const request = { integrationId, repository: 'team/shop', reference: 'stable' };
    expect(await ask('resolve', request)).toMatchObject({ result: { digest: image.digest, platform: null } });
    const arm = await ask<{ digest: string }>('resolve', { ...request, platform: 'linux/arm64' });
    expect(arm.result).toMatchObject({ platform: 'linux/arm64', reference: 'stable' });
    expect(arm.result!.digest).not.toBe(image.digest);
  });

  it('lists the referrers of an image', async () => {
    const { id: integrationId } = await registered({});
    const request = { integrationId, repository: 'team/shop', digest: image.digest };
    expect(await ask('referrers', request)).toMatchObject({ result: { items: [{ digest: sbom.digest }] } });
    expect(await ask('referrers', { ...request, artifactType: 'x/y' })).toMatchObject({ result: { items: [] } });
  });

  it.each([
    ['tags', 'repository', { repository: 'Team/Shop' }],
    ['tags', 'repository', { repository: '../shop' }],
    ['tags', 'repository', {}],
    ['resolve', 'reference', { repository: 'team/shop', reference: 'sha256:123' }],
    ['resolve', 'reference', { repository: 'team/shop', reference: 'a/../b' }],
    ['resolve', 'platform', { repository: 'team/shop', reference: 'stable', platform: 'linux' }],
    ['referrers', 'digest', { repository: 'team/shop', digest: 'stable' }],
  ])(
    'refuses a request for %s with an invalid %s by name, without calling the vendor',
    async (kind, field, request) => {
      const { id } = await registered({});
      registry.requests.length = 0;
      const reply = await ask(kind, { integrationId: id, ...request });
      expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request' });
      expect(reply.details.map((detail) => detail.field)).toContain(field);
      expect(registry.requests).toEqual([]);
    },
  );

  it("reports what is missing, another tenant's, disabled or not a registry", async () => {
    const { id } = await registered({});
    const tags = { integrationId: id, repository: 'team/none' };
    expect(await ask('tags', tags)).toMatchObject({ errorCode: 'not_found_or_no_access', isTransient: false });
    expect(await ask('tags', tags, 'globex')).toMatchObject({ errorCode: 'not_found' });
    const disabled = await registered({ enabled: false });
    expect(await ask('tags', { ...tags, integrationId: disabled.id })).toMatchObject({
      errorCode: 'integration_disabled',
    });
    const scm = await registered({ type: 'scm', provider: 'in_memory', endpoint: 'memory://local' });
    for (const kind of ['tags', 'repositories']) {
      const request = kind === 'tags' ? { ...tags, integrationId: scm.id } : { integrationId: scm.id };
      expect(await ask(kind, request)).toMatchObject({ errorCode: 'unsupported_operation' });
    }
  });
});

function registered(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  return platform.integrate({ type: 'registry', provider: 'oci', endpoint: registry.url, ...overrides });
}

function ask<T>(kind: string, request: object, tenant = 'acme'): Promise<OperationResult<T>> {
  return platform.ask(`integrations.v1.rpc.registry.${kind}`, request, tenant);
}
