import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { REGION, SECRET } from '../vendors/aws/__fixtures__/fake-aws';
import { FakeEcs } from './__fixtures__/fake-ecs';
import { createEcsPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createEcsPlugin,
  config: { region: REGION },
  credential: SECRET,
  requests: {},
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const ecs = new FakeEcs();
  ecs.run('production', 'shop', 'registry.example/team/shop:1.4', { service: 'shop', tags: { app: 'shop' } });
  ecs.run('production', 'cache', 'redis:7', { node: 'i-1' });
  const url = await ecs.server.listen();
  return {
    url,
    stored: () => 0,
    secrets: () => ecs.issued,
    reset: () => undefined,
    stop: () => ecs.server.close(),
  };
}
