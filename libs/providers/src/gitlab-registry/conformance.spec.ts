import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { REPOSITORY, startGitLabRegistry, TAG, TOKEN, USER } from './__fixtures__/fake-gitlab-registry';
import { createGitLabRegistryPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createGitLabRegistryPlugin,
  config: { path: 'acme', username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: TOKEN,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // Then it is a project.
    { fault: 'answers 404', request: /\/groups\// },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry } = await startGitLabRegistry();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => registry.access.issued,
    reset: () => registry.access.revokeAll(),
    stop: () => registry.close(),
  };
}
