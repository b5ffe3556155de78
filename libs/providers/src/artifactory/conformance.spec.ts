import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createArtifactoryPlugin } from './plugin';
import { REPOSITORY, SECRET, startArtifactory, TAG, USER } from './__fixtures__/fake-artifactory';

describeProviderConformance({
  createPlugin: createArtifactoryPlugin,
  config: { username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The catalog of that repository may be closed; where all are, it is told, as the spec beside this one shows.
    ...(['answers 403', 'answers 404'] as const).map((fault) => ({ fault, request: /\/api\/.*_catalog/ })),
    // Older ones have no router, and proxies need not let it through.
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
