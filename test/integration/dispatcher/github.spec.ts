import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FakeGitHub } from '../../support/fake-github/index';
import {
  APP_ID,
  APP_KEY,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../support/fake-github/connection';
import { DispatcherPlatform } from './platform';

const place = { owner: OWNER, repository: REPOSITORY };

let platform: DispatcherPlatform;
let github: FakeGitHub;
let app: NestFastifyApplication;

beforeAll(async () => {
  github = await startAcme();
  platform = await DispatcherPlatform.start();
  const authRef = platform.storeSecret('acme', 'github.pem', APP_KEY.privateKey);
  await platform.integrate({
    provider: 'github_app',
    endpoint: github.url,
    authRef,
    config: { appId: String(APP_ID) },
  });
  app = await platform.startApp();
});
afterEach(() => github.clearFaults());
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await github?.stop();
});

describe('a GitHub App', () => {
  it('gets a comment', async () => {
    const request = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created' } });
    const [stored] = github.comments(OWNER, REPOSITORY, PULL_REQUEST);
    expect(stored?.body).toContain('Two findings.');
    expect(String(stored?.id)).toBe(reply.result?.commentId);
  });

  it('gets a commit status', async () => {
    const request = { ...place, commitSha: HEAD_SHA, state: 'failure', context: 'scan', description: '2 high' };
    const reply = await platform.ask('integrations.v1.rpc.scm.status', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created', state: 'failure' } });
    expect(github.statuses(OWNER, REPOSITORY, HEAD_SHA)).toMatchObject([{ state: 'failure', context: 'scan' }]);
  });

  it('gets a check run with all its annotations', async () => {
    const annotations = Array.from({ length: 60 }, (_, n) => ({
      path: 'src/a.ts',
      startLine: n + 1,
      endLine: n + 1,
      annotationLevel: 'warning',
      message: `finding ${n}`,
    }));
    const request = { ...place, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure', summary: '60', annotations };
    const reply = await platform.ask('integrations.v1.rpc.scm.check_run', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created', annotationsPosted: 60 } });
    const [run] = github.checkRuns(OWNER, REPOSITORY, HEAD_SHA);
    expect(run).toMatchObject({ name: 'scan', status: 'completed', conclusion: 'failure' });
    expect(run?.annotations).toHaveLength(60);
  });

  it('gets a comment only once although the response to its creation was lost', async () => {
    const isCreation = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && /comments$/.test(path);
    github.inject({ when: isCreation, processed: true, reply: 'reset' });
    const before = github.comments(OWNER, REPOSITORY, PULL_REQUEST).length;
    const request = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Once.', updateExisting: false };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(github.comments(OWNER, REPOSITORY, PULL_REQUEST)).toHaveLength(before + 1);
    const shown = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: reply.operationId });
    expect(shown.result).toMatchObject({ attempts: 2 });
  });

  it('makes us wait as long as it asks', async () => {
    const headers = { 'retry-after': '1' };
    github.inject({ when: ({ path }) => /statuses/.test(path), processed: false, reply: { status: 429, headers } });
    const started = Date.now();
    const request = { ...place, commitSha: HEAD_SHA, state: 'success', context: 'later' };
    const reply = await platform.ask('integrations.v1.rpc.scm.status', request);
    expect(reply.success).toBe(true);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_000);
    const shown = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: reply.operationId });
    expect(shown.result).toMatchObject({ attempts: 1 });
  });

  it('fails an operation at once that it refuses for good', async () => {
    const request = { ...place, pullRequestNumber: 4_711, body: 'nobody home' };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
    expect(reply).toMatchObject({ success: false, errorCode: 'not_found_or_no_access', isTransient: false });
  });

  it('never receives a request that violates its OpenAPI description', () => {
    expect(github.violations).toEqual([]);
  });
});
