import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { createOciPlugin } from './plugin';

const USER = 'release-bot';
const PASSWORD = 'a-password-0123456789-abcdefghij';
const REPOSITORY = 'team/app';
const TAG = 'stable';

describeProviderConformance({
  createPlugin: createOciPlugin,
  config: { username: USER, canary: `${REPOSITORY}:${TAG}` },
  credential: PASSWORD,
  requests: { image: { repository: REPOSITORY, reference: TAG, digest: `sha256:${'a'.repeat(64)}` } },
  harmless: [
    // A 404 means that the image has no referrers, or that the registry is older than 1.1.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // A HEAD has no body to cut off; if its headers are missing, a GET follows.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // The test finds out here whether the credential may read the catalog.
    ...(['answers 401', 'answers 403', 'answers 404'] as const).flatMap((fault) => [
      { fault, request: /\/v2\/_catalog\?n=1$/ },
      { fault, request: /\/token\?.*scope=registry/ },
    ]),
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const registry = await FakeRegistry.start({ auth: 'token', users: { [USER]: PASSWORD }, basePath: '/registry' });
  for (const name of [REPOSITORY, 'team/tools', 'alpine']) registry.repository(name).push(TAG);
  registry.repository(REPOSITORY).push('1.0');
  return {
    url: registry.url,
    stored: () => 0,
    secrets: () => registry.access.issued,
    reset: () => registry.access.revokeAll(),
    stop: () => registry.close(),
  };
}
