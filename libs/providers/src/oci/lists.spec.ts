import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { OciConfig } from './config';
import { createOciPlugin } from './plugin';

it('A registry may redirect to another one, but not to a private address', async () => {
  const egress = loopbackEgress();
  const headers = { location: 'https://10.1.2.3/v2/team/app/manifests/stable' };
  const front = await FakeRegistry.start({
    api: ({ path }) => (path === '/v2/' ? null : { status: 307, body: {}, headers }),
  });
  try {
    const { integration, deps } = connectTo(egress, { endpoint: front.url, config: new OciConfig(), secret: null });
    const { registry } = createOciPlugin().open(integration, deps);
    const resolved = registry!.resolveDigest('team/app', 'stable', { platform: null }, AbortSignal.timeout(60_000));
    await expect(resolved).rejects.toMatchObject({ code: 'egress_blocked', stage: 'egress_policy' });
  } finally {
    await egress.close();
    await front.close();
  }
});

describe('The lists of a registry', () => {
  it('continue after a full page without a Link header, as the spec allows', async () => {
    const egress = loopbackEgress();
    const registry = await FakeRegistry.start({ auth: 'none', hasLinks: false });
    try {
      for (const tag of ['1', '2', '3']) registry.repository('team/app').push(tag);
      const { integration, deps } = connectTo(egress, {
        endpoint: registry.url,
        config: new OciConfig(),
        secret: null,
      });
      const opened = createOciPlugin().open(integration, deps).registry!;
      const signal = AbortSignal.timeout(60_000);
      const page = (cursor: string | null) => opened.listTags('team/app', { limit: 2, cursor, q: null }, signal);
      const first = await page(null);
      const second = await page(first.nextCursor);
      expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['1', '2', '3']);
      expect(second.nextCursor).toBeNull();
    } finally {
      await egress.close();
      await registry.close();
    }
  });
});
