import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createGhcrPlugin } from './plugin';
import { REPOSITORY, startGhcr, TAG, TOKEN } from './__fixtures__/fake-ghcr';

describeProviderConformance({
  createPlugin: createGhcrPlugin,
  config: { owner: 'acme', canary: `${REPOSITORY}:${TAG}` },
  credential: TOKEN,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // No referrers exist; a registry older than 1.1 of the specification gives the same answer.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // The answer to a HEAD has no body; if its headers are missing, the client tries a GET.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The answer to the token of a workflow run.
    { fault: 'answers 403', request: /\/user$/ },
    // The owner is a user then.
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
