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
    // Nothing refers to the image, and a registry from before 1.1 says so in the same way.
    { fault: 'answers 404', request: /\/(referrers|manifests)\/sha256/ },
    // Of a HEAD there is no body; without its headers, a GET is tried.
    { fault: 'answers with a cut-off body', request: /^HEAD / },
    // Whether there is a catalog for the credential is what the test asks here.
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
