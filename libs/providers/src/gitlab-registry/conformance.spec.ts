import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { REPOSITORY, startGitLabRegistry, TAG, TOKEN, USER } from './__fixtures__/fake-gitlab-registry';
import { createGitLabRegistryPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createGitLabRegistryPlugin,
  config: { path: 'acme', username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: TOKEN,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // No referrers exist; a registry older than 1.1 of the specification gives the same answer.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // The answer to a HEAD has no body; if its headers are missing, the client tries a GET.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The path is a project then.
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
