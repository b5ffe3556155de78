import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { TOKEN } from '../../../../test/support/fake-azure-devops/connection';
import { PIPELINE, startAcme } from './__fixtures__/acme';
import { createAzurePipelinesPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createAzurePipelinesPlugin,
  config: {},
  credential: TOKEN,
  requests: { runs: { pipeline: PIPELINE } },
  harmless: [
    // The account may see no builds there; where it may nowhere, it is told, as the spec beside this one shows.
    { fault: 'answers 403', request: /definitions\?.*includeAllProperties/ },
    // A project is gone since it was listed; of both, it is an error.
    { fault: 'answers 404', request: /\/Docs\/.*definitions\?/ },
  ],
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
