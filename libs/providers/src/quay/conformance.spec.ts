import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createQuayPlugin } from './plugin';
import { REPOSITORY, ROBOT, SECRET, startQuay, TAG } from './__fixtures__/fake-quay';

describeProviderConformance({
  createPlugin: createQuayPlugin,
  config: { username: ROBOT, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // A proxy need not let it through.
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
