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
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
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
