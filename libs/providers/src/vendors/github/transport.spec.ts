import type { EgressClient, EgressResponse } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../../test/support/fake-github/index';
import {
  APP_ID,
  connect,
  HEAD_SHA,
  INSTALLATION_ID,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../../test/support/fake-vendor/connection';
import { GitHubClient } from './client';
import { RepositoryClient } from './repository';
import { answerOf } from './transport';

const signal = new AbortController().signal;
const asked = { what: 'POST /graphql', permission: 'pull_requests:write', tokenAgeMs: 9_000 };

describe('A renamed repository', () => {
  let github: FakeGitHub;
  let egress: EgressClient;
  let repository: RepositoryClient;

  const statuses = () => github.statuses(OWNER, 'store', HEAD_SHA);
  const location = () => {
    const { id } = github.world.repository(OWNER, 'store').repository;
    return `${github.url}/repositories/${id}/statuses/${HEAD_SHA}`;
  };
  const answering = (status: number, headers: Record<string, string>) => {
    const when = ({ path }: { path: string }) => path.startsWith('/repos/acme/shop/statuses');
    github.inject({ when, processed: false, reply: { status, headers } });
  };

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme({ basePath: '/api/v3' });
  });
  beforeEach(() => {
    github.reset();
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    const scope = { owner: OWNER, repository: REPOSITORY, permission: 'statuses' } as const;
    repository = new RepositoryClient(new GitHubClient(integration, deps), scope, signal);
    github.world.rename(OWNER, REPOSITORY, 'store');
  });
  afterEach(() => expect(github.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  it('is read and written under its old name', async () => {
    await repository.post(`/statuses/${HEAD_SHA}`, { state: 'success', context: 'scan' });
    const found: unknown[] = [];
    for await (const status of repository.list(`/commits/${HEAD_SHA}/statuses`)) found.push(status);

    expect(statuses()).toMatchObject([{ context: 'scan', state: 'success' }]);
    expect(found).toMatchObject([{ context: 'scan' }]);
  });

  it.each([301, 302, 307, 308])('is written once at the target of a %d', async (status) => {
    answering(status, { location: location() });
    await repository.post(`/statuses/${HEAD_SHA}`, { state: 'success', context: 'scan' });

    expect(statuses()).toHaveLength(1);
  });

  it.each([301, 307])('is not followed to another host by a %d', async (status) => {
    const elsewhere = await startAcme();
    answering(status, { location: `${elsewhere.url}/repos/acme/shop/statuses/${HEAD_SHA}` });
    const posting = repository.post(`/statuses/${HEAD_SHA}`, { state: 'success', context: 'scan' });

    await expect(posting).rejects.toMatchObject({ code: 'egress_blocked', transient: false });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
  });

  it('does not lead to endless redirects', async () => {
    answering(301, { location: `${github.url}/repos/acme/shop/statuses/${HEAD_SHA}` });
    answering(301, { location: `${github.url}/repos/acme/shop/statuses/${HEAD_SHA}` });
    const posting = repository.post(`/statuses/${HEAD_SHA}`, { state: 'success', context: 'scan' });

    await expect(posting).rejects.toMatchObject({ code: 'not_found_or_no_access', transient: false });
    expect(github.requests.filter(({ method, path }) => method === 'POST' && path.includes('statuses'))).toHaveLength(
      2,
    );
  });
});

describe('A missing permission', () => {
  it('is final once the token is old enough to be known, and then a new token is minted', async () => {
    const egress = loopbackEgress();
    const github = await startAcme();
    const config = { appId: String(APP_ID), installationId: INSTALLATION_ID };
    const { integration, deps, advance } = connect(github, egress, { config });
    const scope = { owner: OWNER, repository: REPOSITORY, permission: 'pull_requests' } as const;
    const repository = new RepositoryClient(new GitHubClient(integration, deps), scope, signal);
    const when = ({ path }: { path: string }) => path.endsWith(`/pulls/${PULL_REQUEST}`);
    github.inject({ when, times: 2, processed: false, reply: { status: 403, body: 'archived' } });
    const read = () => repository.get(`/pulls/${PULL_REQUEST}`);

    await expect(read()).rejects.toMatchObject({ code: 'permission_missing', transient: true });
    advance(6_000);
    await expect(read()).rejects.toMatchObject({ code: 'permission_missing', transient: false });
    expect(github.gate.issued).toHaveLength(1);
    await read();
    expect(github.gate.issued).toHaveLength(2);
    await egress.close();
    await github.stop();
  });
});

describe('answerOf', () => {
  const graphql = (body: object) => {
    const text = JSON.stringify(body);
    const headers = { 'retry-after': '5' };
    return { status: 200, headers, body: Buffer.from(text), connection: { fresh: false }, text: () => text };
  };
  const refused = (type: string | undefined, message = '') =>
    graphql({ data: null, errors: [{ ...(type ? { type } : {}), message }] }) as EgressResponse;

  it.each([
    ['RATE_LIMIT', { code: 'rate_limited', transient: true, retryAfterMs: 5_000 }],
    ['RATE_LIMITED', { code: 'rate_limited', transient: true, retryAfterMs: 5_000 }],
    ['NOT_FOUND', { code: 'not_found_or_no_access', transient: false }],
    ['UNPROCESSABLE', { code: 'invalid_request', transient: false }],
    ['SERVICE_UNAVAILABLE', { code: 'provider_unavailable', transient: true }],
    [undefined, { code: 'provider_unavailable', transient: true }],
  ])("maps a GraphQL error of type %s as REST's", (type, expected) => {
    expect(() => answerOf(refused(type), 0, asked)).toThrow(expect.objectContaining(expected));
  });

  it('tells a missing permission from a rate limit of GraphQL', () => {
    const forbidden = { ...refused('FORBIDDEN', 'Resource not accessible by integration'), headers: {} };
    const limited = { ...refused('FORBIDDEN', 'You have exceeded a secondary rate limit'), headers: {} };

    expect(() => answerOf(forbidden, 0, asked)).toThrow(expect.objectContaining({ code: 'permission_missing' }));
    expect(() => answerOf(limited, 0, asked)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  });

  it('returns an empty object for a 204', () => {
    expect(answerOf({ ...graphql({}), status: 204, text: () => '' } as EgressResponse, 0, asked).data).toEqual({});
  });
});
