import { randomUUID } from 'node:crypto';
import { ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  connect,
  HEAD_SHA,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GitHubClient } from '../vendors/github/client';
import { postStatus } from './statuses';

const signal = new AbortController().signal;

describe('postStatus', () => {
  let github: FakeGitHub;
  let egress: EgressClient;
  let client: GitHubClient;

  const post = (fields: Partial<ScmStatusRequest> = {}) => {
    const target = { owner: OWNER, repository: REPOSITORY, commitSha: HEAD_SHA };
    const status = {
      state: 'success',
      context: 'scan/sast',
      description: 'No findings',
      targetUrl: 'https://scan.example/1',
    };
    const request = Object.assign(new ScmStatusRequest(), { ...target, ...status, ...fields });
    return postStatus(client, request, { operationId: randomUUID(), upsertKey: 'scan/sast', signal });
  };
  const prefill = (count: number, fields: (index: number) => { context: string; description?: string }) => {
    const commit = github.world.repository(OWNER, REPOSITORY).repository.commits.get(HEAD_SHA)!;
    const rest = { state: 'success', description: null, target_url: null, createdAt: new Date().toISOString() };
    for (let index = 0; index < count; index++) commit.statuses.push({ id: index + 1, ...rest, ...fields(index) });
  };
  const statuses = () => github.statuses(OWNER, REPOSITORY, HEAD_SHA);

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  beforeEach(() => {
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    client = new GitHubClient(integration, deps);
  });
  afterEach(() => {
    expect(github.violations).toEqual([]);
    github.reset();
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  it('sets a status', async () => {
    expect(await post()).toEqual({
      outcome: 'created',
      statusId: String(statuses()[0]!.id),
      url: `${github.url}/repos/acme/shop/statuses/${HEAD_SHA}`,
      state: 'success',
      context: 'scan/sast',
      truncated: [],
    });
    expect(statuses()).toMatchObject([
      { state: 'success', context: 'scan/sast', description: 'No findings', target_url: 'https://scan.example/1' },
    ]);
  });

  it.each<[string, Partial<ScmStatusRequest>]>([
    ['the state', { state: 'failure' }],
    ['the description', { description: 'One finding' }],
    ['a removed description', { description: undefined }],
    ['the target', { targetUrl: 'https://scan.example/2' }],
  ])('sets the status again when %s differs', async (_, fields) => {
    await post();

    expect(await post(fields)).toMatchObject({ outcome: 'updated' });
    expect(statuses()).toHaveLength(2);
  });

  it('writes nothing if the newest status of the context is the same', async () => {
    await post({ state: 'pending' });
    await post();
    await post({ context: 'scan/licences' });

    expect(await post({ context: 'Scan/SAST' })).toMatchObject({ outcome: 'unchanged', state: 'success' });
    expect(statuses()).toHaveLength(3);
  });

  it('returns to the value of an older status', async () => {
    await post();
    await post({ state: 'pending' });

    expect(await post()).toMatchObject({ outcome: 'updated' });
  });

  it('finds its context on a later page', async () => {
    prefill(150, (index) => ({ context: `other/${index}` }));
    await post();

    expect(await post()).toMatchObject({ outcome: 'unchanged' });
  });

  it('cuts a description to 140 characters, and says so', async () => {
    const response = await post({ description: 'd'.repeat(200) });

    expect(response.truncated).toEqual([{ field: 'description', was: 200, now: 140, unit: 'characters' }]);
    expect(statuses()[0]!.description).toMatch(/^d+…$/);
    expect(await post({ description: 'd'.repeat(200) })).toMatchObject({ outcome: 'unchanged' });
  });

  it('posts no characters that are invisible or reorder the text', async () => {
    await post({ description: 'No \u202efin\u001bdings' });

    expect(statuses()).toMatchObject([{ description: 'No findings' }]);
  });

  it.each([
    ['🔴 3 critical 🛡️ findings', '3 critical findings'],
    ['✅ Geprüft: ¥€ 日本', '✅ Geprüft: ¥€ 日本'],
    ['🎉', null],
  ])('leaves out characters that GitHub accepts in no description: %s', async (description, shown) => {
    await post({ description });

    expect(statuses()).toMatchObject([{ description: shown }]);
    expect(await post({ description })).toMatchObject({ outcome: 'unchanged' });
  });

  it('reports a missing commit', async () => {
    await expect(post({ commitSha: 'b'.repeat(40) })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it('reports that GitHub accepts no more statuses', async () => {
    prefill(1_000, (index) => ({ context: 'scan/sast', description: `run ${index}` }));

    await expect(post()).rejects.toMatchObject({ code: 'limit_reached', transient: false });
  });
});
