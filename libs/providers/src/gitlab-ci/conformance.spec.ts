import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { PROJECT, TOKEN } from '../../../../test/support/fake-gitlab/connection';
import { startAcme } from './__fixtures__/acme';
import { createGitLabCiPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createGitLabCiPlugin,
  config: {},
  credential: TOKEN,
  requests: { runs: { repository: PROJECT } },
  // Not every token may read the version.
  harmless: [
    { fault: 'answers 403', request: /^GET .*\/metadata$/ },
    { fault: 'answers 404', request: /^GET .*\/metadata$/ },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const gitlab = await startAcme({ basePath: '/gitlab' });
  return {
    url: gitlab.url,
    stored: () => 0,
    secrets: () => [],
    reset: () => gitlab.reset(),
    stop: async () => {
      await gitlab.stop();
      expect(gitlab.violations).toEqual([]);
    },
  };
}
