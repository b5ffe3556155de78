import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { REPOSITORY, startAcr, TAG } from './__fixtures__/fake-acr';
import { CLIENT_ID, CLIENT_SECRET, TENANT } from './__fixtures__/fake-entra';
import { createAcrPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createAcrPlugin,
  config: { entraTenantId: TENANT, clientId: CLIENT_ID, canary: `${REPOSITORY}:${TAG}` },
  configAt: (endpoint) => ({ authority: endpoint }),
  credential: CLIENT_SECRET,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // Whether there is a catalog for the credential is what the test asks, first of the token server.
    ...(['answers 401', 'answers 403'] as const).flatMap((fault) => [
      { fault, request: /\/v2\/_catalog\?n=1$/ },
      { fault, request: /\/oauth2\/token$/ },
    ]),
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { registry, entra, refreshTokens } = await startAcr();
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => [...entra.issued, ...refreshTokens, ...registry.access.issued],
    reset: () => registry.access.revokeAll(),
    stop: () => registry.close(),
  };
}
