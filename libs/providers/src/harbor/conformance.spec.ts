import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createHarborPlugin } from './plugin';
import { REPOSITORY, ROBOT, SECRET, startHarbor, TAG } from './__fixtures__/fake-harbor';

describeProviderConformance({
  createPlugin: createHarborPlugin,
  config: { username: ROBOT, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The credential may not list this project. harbor.spec.ts covers the error if it may list none.
    ...(['answers 403', 'answers 404'] as const).map((fault) => ({
      fault,
      request: /\/projects\/[^/]+\/repositories/,
    })),
    // Not every credential may read when a robot expires or how full a project is.
    ...(['answers 403', 'answers 404'] as const).map((fault) => ({ fault, request: /\/(robots|summary)\b/ })),
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry } = await startHarbor();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => registry.access.issued,
    reset: () => undefined,
    stop: () => registry.close(),
  };
}
