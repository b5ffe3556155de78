import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { OciConfig } from './config';
import { createOciPlugin } from './plugin';

describe('The lists of a registry', () => {
  it('go on where a full page does not say so, as the spec allows', async () => {
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
      const signal = AbortSignal.timeout(5_000);
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
