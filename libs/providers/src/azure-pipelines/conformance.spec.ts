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
    // The account may not see builds in that project. If it may see them nowhere, that is an error: see
    // azure-pipelines.spec.ts.
    { fault: 'answers 403', request: /definitions\?.*includeAllProperties/ },
    // The project was deleted after it was listed. If that happens to both, it is an error.
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
