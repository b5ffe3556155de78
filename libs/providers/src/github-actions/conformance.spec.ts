import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { APP_ID, APP_KEY, INSTALLATION_ID } from '../../../../test/support/fake-github/connection';
import { SHOP, startAcme } from './__fixtures__/acme';
import { createGitHubActionsPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createGitHubActionsPlugin,
  config: { appId: APP_ID, installationId: INSTALLATION_ID },
  credential: APP_KEY.privateKey,
  requests: { runs: { repository: SHOP } },
  harmless: [
    // GitHub Enterprise Server answers 404 while its rate limits are disabled.
    { fault: 'answers 404', request: /^GET .*\/rate_limit$/ },
    // The repository was deleted after it was listed.
    { fault: 'answers 404', request: /^GET .*\/actions\/workflows\?/ },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const github = await startAcme({ basePath: '/api/v3' });
  return {
    url: github.url,
    stored: () => 0,
    secrets: () => github.gate.issued,
    reset: () => github.reset(),
    stop: async () => {
      await github.stop();
      expect(github.violations).toEqual([]);
    },
  };
}
