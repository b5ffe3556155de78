import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { createHarborPlugin } from './plugin';
import { REPOSITORY, ROBOT, SECRET, startHarbor, TAG } from './__fixtures__/fake-harbor';

describeProviderConformance({
  createPlugin: createHarborPlugin,
  config: { username: ROBOT, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // Repositories may not be listed in that project; where they may in none, it is told, as the spec beside this one shows.
    ...(['answers 403', 'answers 404'] as const).map((fault) => ({
      fault,
      request: /\/projects\/[^/]+\/repositories/,
    })),
    // When a robot ends and how full a project is, not everybody may know.
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
