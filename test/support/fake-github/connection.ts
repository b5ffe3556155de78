import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, type FakeConnection } from '../fake-vendor/connection';
import { type FakeChangedFile, type FakeGitHub, generateAppKey, startFakeGitHub } from './index';

export const APP_ID = 4711;
export const INSTALLATION_ID = 42;
export const OWNER = 'acme';
export const REPOSITORY = 'shop';
/** A repository without pull requests. */
const OTHER_REPOSITORY = 'docs';
export const PULL_REQUEST = 7;
export const HEAD_SHA = 'a'.repeat(40);
/** Generated once, because generating a key takes long. */
export const APP_KEY = generateAppKey();

export interface ConnectOptions<C> {
  readonly config: C;
  /** The app's own if absent. */
  readonly privateKey?: string;
}

/** One app, installed on acme, with a repository that has a pull request whose diff is `files`, and an empty repository. */
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

/** The caller owns the egress client and closes it. */
export function connect<C extends object>(
  github: FakeGitHub,
  egress: EgressClient,
  { config, privateKey = APP_KEY.privateKey }: ConnectOptions<C>,
): FakeConnection<C> {
  return connectTo(egress, { endpoint: github.url, config, secret: privateKey });
}
