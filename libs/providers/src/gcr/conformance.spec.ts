import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeGoogle, IMAGES, keyFile, LOCATION, PROJECT, REPOSITORY, TAG } from './__fixtures__/fake-google';
import { createGcrPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createGcrPlugin,
  config: { project: PROJECT, repository: IMAGES, location: LOCATION, canary: `${REPOSITORY}:${TAG}` },
  configAt: (endpoint) => ({ googleApis: endpoint }),
  credential: keyFile(),
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const google = await FakeGoogle.start();
  const given = new Set<string>();
  return {
    url: google.registry.url,
    stored: () => 0,
    secrets: () => {
      for (const token of [...google.issued.keys(), ...google.registry.access.issued]) given.add(token);
      return [...given];
    },
    reset: () => google.registry.access.revokeAll(),
    stop: () => google.registry.close(),
  };
}
