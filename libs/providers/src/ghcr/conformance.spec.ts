import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createGhcrPlugin } from './plugin';
import { REPOSITORY, startGhcr, TAG, TOKEN } from './__fixtures__/fake-ghcr';

describeProviderConformance({
  createPlugin: createGhcrPlugin,
  config: { owner: 'acme', canary: `${REPOSITORY}:${TAG}` },
  credential: TOKEN,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // So the token of a workflow run is answered.
    { fault: 'answers 403', request: /\/user$/ },
    // Then it is a user.
    { fault: 'answers 404', request: /\/orgs\// },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry } = await startGhcr();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => registry.access.issued,
    reset: () => registry.access.revokeAll(),
    stop: () => registry.close(),
  };
}
