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
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // Whether tags may be listed is what the test asks here.
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
