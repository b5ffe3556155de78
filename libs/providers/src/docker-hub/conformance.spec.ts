import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { REPOSITORY, startDockerHub, TAG, TOKEN, USER } from './__fixtures__/fake-docker-hub';
import { createDockerHubPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createDockerHubPlugin,
  config: { namespace: 'acme', username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: TOKEN,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // An organization access token may have no access to the image that shows the pull quota.
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
