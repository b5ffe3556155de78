import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeJenkins, MAIN, SECRET, USER } from '../../../../test/support/fake-jenkins';
import { createJenkinsPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createJenkinsPlugin,
  config: { username: USER },
  credential: SECRET,
  requests: { runs: { pipeline: MAIN } },
  // The usual case: the account may not see the plugins.
  harmless: [{ fault: 'answers 403', request: /\/pluginManager\// }],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const jenkins = await FakeJenkins.start();
  return {
    url: jenkins.url,
    stored: () => 0,
    secrets: () => [],
    reset: () => undefined,
    stop: () => jenkins.close(),
  };
}
