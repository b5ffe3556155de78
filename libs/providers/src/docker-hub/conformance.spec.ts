import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { REPOSITORY, startDockerHub, TAG, TOKEN, USER } from './__fixtures__/fake-docker-hub';
import { createDockerHubPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createDockerHubPlugin,
  config: { namespace: 'acme', username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: TOKEN,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The token of an organization need not reach the image by which pulls are counted.
    { fault: 'answers 403', request: /ratelimitpreview/ },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry, revokeAll } = await startDockerHub();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => registry.access.issued,
    reset: revokeAll,
    stop: () => registry.close(),
  };
}
