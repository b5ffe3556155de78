import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createNexusPlugin } from './plugin';
import { REPOSITORY, SECRET, startNexus, TAG, USER } from './__fixtures__/fake-nexus';

describeProviderConformance({
  createPlugin: createNexusPlugin,
  config: { username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
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
