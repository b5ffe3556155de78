import { type Egress, type EgressClient, egressOver } from '@integrations/provider-kit';
import { connectTo, type FakeConnection } from '../fake-vendor/connection';
import { LOGIN } from './entra';
import { type FakeAzureDevOps, type FakeAzureDevOpsOptions, type FakeChange, startFakeAzureDevOps } from './index';

/** With a space, which project names may contain. */
export const PROJECT = 'Web Shop';
export const REPOSITORY = 'shop';
export const PULL_REQUEST = 7;
export const HEAD_SHA = 'a'.repeat(40);
/** A commit without a pull request. */
export const LONE_SHA = 'e'.repeat(40);
export const TOKEN = 'pat0123456789abcdefghijklmnopqrstuvwxyz0123456789abcd';
export const TENANT = '11111111-2222-4333-8444-555555555555';
export const CLIENT_ID = '66666666-7777-4888-8999-000000000000';
export const CLIENT_SECRET = 'qQ~8Q~0123456789abcdefghijklmnopqrstuvwx';

/** A repository with a pull request that has the given changes, and two more repositories in another project. */
export function startAcme(
  options: Partial<FakeAzureDevOpsOptions> & { readonly changes?: readonly FakeChange[] } = {},
): Promise<FakeAzureDevOps> {
  const { changes = [], ...others } = options;
  return startFakeAzureDevOps({
    token: TOKEN,
    principal: { tenant: TENANT, clientId: CLIENT_ID, secret: CLIENT_SECRET, isExpired: false },
    projects: [
      {
        name: PROJECT,
        repositories: [
          { name: REPOSITORY, commits: [LONE_SHA], pullRequests: [{ id: PULL_REQUEST, headSha: HEAD_SHA, changes }] },
        ],
      },
      { name: 'Docs', visibility: 'public', repositories: [{ name: 'site' }, { name: 'old', isDisabled: true }] },
    ],
    ...others,
  });
}

/** The caller owns the egress client and closes it. */
export function connect<C extends object>(
  { url: endpoint }: FakeAzureDevOps,
  egress: EgressClient,
  { config, secret = TOKEN }: { readonly config: C; readonly secret?: string },
): FakeConnection<C> {
  const connection = connectTo(egress, { endpoint, config, secret });
  const { deps } = connection;
  return { ...connection, deps: { ...deps, egress: withLogin(deps.egress, new URL(endpoint).origin) } };
}

export function edited(path: string, changeType = 'edit', content?: string): FakeChange {
  return { path: `/${path}`, changeType, content };
}

/** Entra ID has a fixed address; here it is part of the fake. */
function withLogin(egress: Egress, origin: string): Egress {
  const there = (url: string) => url.replace(`https:/${LOGIN}/`, `${origin}${LOGIN}/`);
  return egressOver((request) => egress.request({ ...request, url: there(request.url) }));
}
