import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeEngine } from './__fixtures__/fake-engine';
import { createDockerPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createDockerPlugin,
  config: {},
  credential: null,
  requests: {},
  harmless: [
    // A proxy in front of the engine may not expose this path.
    { fault: 'answers 403', request: /\/info$/ },
    // Containers end and images are removed while the list is being read.
    { fault: 'answers 404', request: /\/(containers|images)\/[^/]+\/json$/ },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const engine = new FakeEngine();
  engine.run('b', {
    labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api', tier: 'web' },
  });
  engine.run('a', { labels: { tier: 'db' } });
  engine.run('c', { labels: null, image: 'localhost/built-here:dev' });
  return {
    url: await engine.listen(),
    stored: () => 0,
    secrets: () => ['container-secret'],
    reset: () => undefined,
    stop: () => engine.close(),
  };
}
