import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeCircleCi, SLUG, TOKEN, triggered } from './__fixtures__/fake-circleci';
import { createCircleCiPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createCircleCiPlugin,
  config: {},
  credential: TOKEN,
  requests: { runs: { pipeline: SLUG } },
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const circleci = await FakeCircleCi.start();
  // The second pipeline never started, so it causes no further request, which every fault would have to hit as well.
  circleci.pipelines = [triggered(3), triggered(2, { state: 'errored' }, [])];
  return {
    url: circleci.url,
    stored: () => 0,
    secrets: () => [],
    reset: () => undefined,
    stop: () => circleci.close(),
  };
}
