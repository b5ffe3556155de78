import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { TOKEN } from '../../../../test/support/fake-azure-devops/connection';
import { PIPELINE, startAcme } from './__fixtures__/acme';
import { createAzurePipelinesPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createAzurePipelinesPlugin,
  config: {},
  credential: TOKEN,
  requests: { runs: { pipeline: PIPELINE } },
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const azure = await startAcme({ basePath: '/tfs/Collection' });
  return {
    url: azure.url,
    stored: () => 0,
    secrets: () => azure.issued,
    reset: () => azure.reset(),
    stop: async () => {
      await azure.stop();
      expect(azure.violations).toEqual([]);
    },
  };
}
