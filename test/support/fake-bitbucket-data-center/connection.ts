import { randomUUID } from 'node:crypto';
import {
  createTokenCache,
  EgressClient,
  type IntegrationConfig,
  type ProviderDeps,
  Secret,
} from '@integrations/provider-kit';
import {
  type FakeBitbucketDataCenter,
  type FakeBitbucketOptions,
  type FakeChangedFile,
  startFakeBitbucketDataCenter,
} from './index';

/** The key of a project. */
export const OWNER = 'ACME';
export const REPOSITORY = 'shop';
/** A person's own project. */
export const PERSONAL = '~alice';
export const PULL_REQUEST = 7;
export const HEAD_SHA = 'a'.repeat(40);
/** Without a pull request. */
export const LONE_SHA = 'e'.repeat(40);
/** A personal one. */
export const TOKEN = 'MDM0MjM5NDc2MDxxLOFAKETOKEN0123456789';
/** Of a project: it has a hidden user of its own. */
export const PROJECT_TOKEN = 'MTIzNDU2Nzg5MDEyFAKEPROJECTTOKEN01234';

export interface FakeConnection<C extends object> {
  readonly integration: IntegrationConfig<C>;
  readonly deps: ProviderDeps;
  /** How often the credential was resolved and forgotten. */
  readonly credential: { resolved: number; forgotten: number; token: string };
}

/** A project's repository with a pull request, whose diff is `files`, a person's repository with one, and two more. */
export function startAcme(
  options: Partial<FakeBitbucketOptions> & { readonly files?: readonly FakeChangedFile[] } = {},
): Promise<FakeBitbucketDataCenter> {
  const { files = [], ...others } = options;
  const pullRequests = [{ id: PULL_REQUEST, headSha: HEAD_SHA, files }];
  return startFakeBitbucketDataCenter({
    tokens: {
      [TOKEN]: { id: 42, name: 'scanner bot', type: 'NORMAL' },
      [PROJECT_TOKEN]: { id: 77, name: 'access-token-user/1/77', type: 'SERVICE' },
    },
    repositories: [
      { projectKey: OWNER, slug: REPOSITORY, commits: [LONE_SHA], pullRequests },
      { projectKey: PERSONAL, slug: 'tools', pullRequests },
      { projectKey: OWNER, slug: 'docs' },
      { projectKey: 'OPEN', slug: 'site', isPublic: true, permission: null },
    ],
    ...others,
  });
}

/** The egress client is the caller's, who closes it. */
export function connect<C extends object>(
  bitbucket: FakeBitbucketDataCenter,
  egress: EgressClient,
  options: { readonly config: C; readonly token?: string; readonly endpoint?: string },
): FakeConnection<C> {
  const credential = { resolved: 0, forgotten: 0, token: options.token ?? TOKEN };
  const clock = { now: () => Date.now() };
  const endpoint = options.endpoint ?? bitbucket.url;
  return {
    integration: { integrationId: randomUUID(), tenantId: 'default', endpoint, config: options.config },
    credential,
    deps: {
      egress: egress.bind({ endpoint }),
      tokens: createTokenCache(clock),
      clock,
      credential: {
        present: true,
        resolve: async () => {
          credential.resolved += 1;
          return new Secret(credential.token);
        },
        forget: () => void (credential.forgotten += 1),
      },
    },
  };
}

export function loopbackEgress(): EgressClient {
  return new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'integrations-test' });
}

/** Lines that are all new. */
export function added(path: string, count: number, from = 1): FakeChangedFile {
  return { path, patch: `@@ -${from - 1},0 +${from},${count} @@\n${'+line\n'.repeat(count)}` };
}
