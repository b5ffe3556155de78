import { randomUUID } from 'node:crypto';
import {
  createTokenCache,
  EgressClient,
  type IntegrationConfig,
  type ProviderDeps,
  Secret,
} from '@integrations/provider-kit';
import { type FakeChangedFile, type FakeGitHub, generateAppKey, startFakeGitHub } from './index';

export const APP_ID = 4711;
export const INSTALLATION_ID = 42;
export const OWNER = 'acme';
export const REPOSITORY = 'shop';
/** Without pull requests. */
export const OTHER_REPOSITORY = 'docs';
export const PULL_REQUEST = 7;
export const HEAD_SHA = 'a'.repeat(40);
/** Made once: keys take long. */
export const APP_KEY = generateAppKey();

export interface ConnectOptions<C> {
  readonly config: C;
  /** The app's own if absent. */
  readonly privateKey?: string;
}

/** An integration with a fake GitHub, over the real egress client. */
export interface FakeConnection<C extends object> {
  readonly integration: IntegrationConfig<C>;
  readonly deps: ProviderDeps;
  /** How often the credential was resolved and forgotten. */
  readonly credential: { resolved: number; forgotten: number; privateKey: string };
  /** Makes our clock go forward, in milliseconds; GitHub's stays. */
  advance(ms: number): void;
}

/** One app, installed on acme with one repository that has a pull request, whose diff is `files`, and an empty one. */
export function startAcme(
  options: Partial<Parameters<typeof startFakeGitHub>[0]> & { readonly files?: readonly FakeChangedFile[] } = {},
): Promise<FakeGitHub> {
  const { files = [], ...others } = options;
  const pulls = [{ number: PULL_REQUEST, headSha: HEAD_SHA, files }];
  return startFakeGitHub({
    appId: APP_ID,
    publicKey: APP_KEY.publicKey,
    installations: [
      { id: INSTALLATION_ID, account: OWNER, repositories: [{ name: REPOSITORY, pulls }, { name: OTHER_REPOSITORY }] },
    ],
    ...others,
  });
}

/** The egress client is the caller's, who closes it. */
export function connect<C extends object>(
  github: FakeGitHub,
  egress: EgressClient,
  options: ConnectOptions<C>,
): FakeConnection<C> {
  const credential = { resolved: 0, forgotten: 0, privateKey: options.privateKey ?? APP_KEY.privateKey };
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead };
  return {
    integration: { integrationId: randomUUID(), tenantId: 'default', endpoint: github.url, config: options.config },
    credential,
    advance: (ms) => void (ahead += ms),
    deps: {
      egress: egress.bind({ endpoint: github.url }),
      tokens: createTokenCache(clock),
      clock,
      credential: {
        present: true,
        resolve: async () => {
          credential.resolved += 1;
          return new Secret(credential.privateKey);
        },
        forget: () => void (credential.forgotten += 1),
      },
    },
  };
}

export function loopbackEgress(): EgressClient {
  return new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'integrations-test' });
}
