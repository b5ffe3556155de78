import { ProviderError, type EgressClient } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  APP_KEY,
  connect,
  INSTALLATION_ID,
  OWNER,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GitHubClient } from '../vendors/github/client';
import { githubDiscovery } from './discovery';

const signal = new AbortController().signal;
const NAMES = Array.from({ length: 230 }, (_, index) => ({ name: `repo-${String(index).padStart(3, '0')}` }));

describe('The repositories of a GitHub installation', () => {
  let github: FakeGitHub;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme({
      installations: [
        { id: INSTALLATION_ID, account: OWNER, repositories: NAMES, permissions: { metadata: 'read' } },
        { id: 43, account: 'globex', repositories: [{ name: 'secret' }] },
      ],
    });
  });
  afterEach(() => {
    expect(github.violations).toEqual([]);
    github.reset();
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  const lister = (installationId: number | undefined = INSTALLATION_ID) => {
    const config = { appId: String(APP_ID), ...(installationId ? { installationId } : {}) };
    const { integration, deps } = connect(github, egress, { config, privateKey: APP_KEY.privateKey });
    return githubDiscovery(new GitHubClient(integration, deps)).repositories!;
  };
  const list = (query: { limit?: number; cursor?: string | null; q?: string | null }, repositories = lister()) =>
    repositories({ limit: 100, cursor: null, q: null, ...query }, signal);
  const calls = () => github.requests.filter(({ path }) => path === '/installation/repositories').length;

  it('have the names that SCM requests use, and need only permission to read metadata', async () => {
    const { items, nextCursor } = await list({ limit: 1 });

    expect(items).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        owner: OWNER,
        name: 'repo-000',
        url: expect.stringContaining('repo-000'),
        defaultBranch: 'main',
        visibility: 'private',
        archived: false,
      },
    ]);
    expect(nextCursor).toBe('1.1');
    const minted = github.requests.find(({ path }) => path.endsWith('/access_tokens'));
    expect(minted?.body).toEqual({ permissions: { metadata: 'read' } });
  });

  it('are all listed, once and in order, whatever the page size', async () => {
    const repositories = lister();
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ limit: 33, cursor }, repositories);
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== null);

    expect(names).toEqual(NAMES.map(({ name }) => name));
  });

  it('are searched page by page, until a page is full', async () => {
    const first = await list({ q: 'acme/repo-1', limit: 100 });
    expect(first.items).toHaveLength(100);
    expect(first.items[0]?.name).toBe('repo-100');
    expect(first.nextCursor).toBe('3.0');
    expect(calls()).toBe(2);
    expect(await list({ q: 'acme/repo-1', cursor: first.nextCursor })).toEqual({ items: [], nextCursor: null });
  });

  it('take a limited number of calls per page, even without a match', async () => {
    const many = JSON.stringify({ total_count: 10_000, repositories: [] });
    const headers = { link: '<https://elsewhere.example/?page=2>; rel="next"' };
    const reply = { status: 200, headers, body: many };
    github.inject({ when: ({ path }) => path === '/installation/repositories', processed: false, times: 99, reply });

    expect(await list({ q: 'x' })).toEqual({ items: [], nextCursor: '6.0' });
    expect(calls()).toBe(5);
  });

  it.each([
    ['not a list', { repositories: 'none' }],
    ['incomplete', { repositories: [{ id: 7, name: 'x' }] }],
  ])('that are %s are an invalid answer', async (_, body) => {
    const reply = { status: 200, body: JSON.stringify(body) };
    github.inject({ when: ({ path }) => path === '/installation/repositories', processed: false, reply });

    await expect(list({})).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
  });

  it('of an old Enterprise Server are public or private', async () => {
    const repository = { id: 7, name: 'x', owner: { login: 'o' }, html_url: 'https://ghes.example/o/x' };
    const repositories = [true, false, undefined].map((one) => ({ ...repository, private: one }));
    const reply = { status: 200, body: JSON.stringify({ total_count: 3, repositories }) };
    github.inject({ when: ({ path }) => path === '/installation/repositories', processed: false, reply });

    const { items } = await list({});
    expect(items.map(({ visibility }) => visibility)).toEqual(['private', 'public', null]);
    expect(items[0]).toMatchObject({ defaultBranch: null, archived: false });
  });

  it('are not listed without an installation id, because strangers may have installed the app too', async () => {
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    const unnamed = githubDiscovery(new GitHubClient(integration, deps)).repositories!;

    const listing = list({}, unnamed);
    await expect(listing).rejects.toBeInstanceOf(ProviderError);
    await expect(listing).rejects.toMatchObject({ code: 'unsupported_operation' });
    expect(github.requests).toEqual([]);
  });
});
