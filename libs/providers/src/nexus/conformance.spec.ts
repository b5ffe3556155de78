import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createNexusPlugin } from './plugin';
import { REPOSITORY, SECRET, startNexus, TAG, USER } from './__fixtures__/fake-nexus';

describeProviderConformance({
  createPlugin: createNexusPlugin,
  config: { username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry } = await startNexus();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => [],
    reset: () => undefined,
    stop: () => registry.close(),
  };
}
