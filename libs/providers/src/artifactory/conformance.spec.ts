import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createArtifactoryPlugin } from './plugin';
import { REPOSITORY, SECRET, startArtifactory, TAG, USER } from './__fixtures__/fake-artifactory';

describeProviderConformance({
  createPlugin: createArtifactoryPlugin,
  config: { username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The credential may not read this catalog. artifactory.spec.ts covers the error if it may read none.
    ...(['answers 403', 'answers 404'] as const).map((fault) => ({ fault, request: /\/api\/.*_catalog/ })),
    // Older versions have no router, and a proxy may not expose it.
    ...(['answers 401', 'answers 403', 'answers 404'] as const).map((fault) => ({ fault, request: /\/router\// })),
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry } = await startArtifactory();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => [],
    reset: () => undefined,
    stop: () => registry.close(),
  };
}
