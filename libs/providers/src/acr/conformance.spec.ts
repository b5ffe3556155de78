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
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The test finds out here whether the credential may read the catalog; it asks the token server first.
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
