import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createQuayPlugin } from './plugin';
import { REPOSITORY, ROBOT, SECRET, startQuay, TAG } from './__fixtures__/fake-quay';

describeProviderConformance({
  createPlugin: createQuayPlugin,
  config: { username: ROBOT, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // A proxy in front of Quay may not expose this path.
    ...(['answers 403', 'answers 404'] as const).map((fault) => ({ fault, request: /\/health\/instance$/ })),
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry } = await startQuay();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => registry.access.issued,
    reset: () => registry.access.revokeAll(),
    stop: () => registry.close(),
  };
}
