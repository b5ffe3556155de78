import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { REGION, SECRET } from '../vendors/aws/__fixtures__/fake-aws';
import { FakeEcr, REPOSITORY, TAG } from './__fixtures__/fake-ecr';
import { createEcrPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createEcrPlugin,
  config: { region: REGION, canary: `${REPOSITORY}:${TAG}` },
  credential: SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The test finds out here whether the credential may list tags.
    { fault: 'answers 403', request: /\/tags\/list\?n=1$/ },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const ecr = await FakeEcr.start();
  return {
    url: ecr.registry.url,
    stored: () => 0,
    secrets: () => ecr.issued,
    reset: () => undefined,
    stop: () => ecr.registry.close(),
  };
}
