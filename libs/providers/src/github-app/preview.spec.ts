import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient, ScmAnnotation } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { githubAnnotations } from './annotations';
import { GitHubClient } from '../vendors/github/client';

const place = { owner: OWNER, repository: REPOSITORY };
const onPull = { ...place, pullRequestNumber: PULL_REQUEST };
const findings = Array.from({ length: 120 }, (_, index) => ({
  path: 'src/shop.ts',
  startLine: index + 1,
  endLine: index + 1,
  annotationLevel: 'warning' as const,
  message: `Finding ${index} \u202e`,
  title: 'x'.repeat(300),
}));

const comment = (fields: Partial<ScmCommentRequest>): ScmAnnotation => ({
  operation: 'comment',
  request: Object.assign(new ScmCommentRequest(), { ...onPull, ...fields }),
});
const status = (fields: Partial<ScmStatusRequest>): ScmAnnotation => ({
  operation: 'status',
  request: Object.assign(new ScmStatusRequest(), { ...place, commitSha: HEAD_SHA, state: 'success', ...fields }),
});
const checkRun = (fields: Partial<ScmCheckRunRequest>): ScmAnnotation => ({
  operation: 'check_run',
  request: Object.assign(new ScmCheckRunRequest(), { ...place, headSha: HEAD_SHA, name: 'SAST', ...fields }),
});

const ANNOTATIONS: readonly [what: string, annotation: ScmAnnotation, writes: number][] = [
  ['a comment', comment({ body: 'Two findings.' }), 1],
  ['a further comment', comment({ body: 'Two findings.', updateExisting: false }), 1],
  [
    'a comment that is too long and contains a foreign marker',
    comment({ body: `<!-- integrations:0 -->${'€'.repeat(70_000)}` }),
    1,
  ],
  ['a status', status({ context: 'scan', description: 'x'.repeat(200), targetUrl: 'https://scan.example/1' }), 1],
  ['a status without a description', status({ context: 'scan' }), 1],
  ['a check run', checkRun({ conclusion: 'success', summary: 'Fine.', startedAt: '2026-01-01T00:00:00Z' }), 1],
  [
    'a check run in three parts',
    checkRun({ conclusion: 'failure', summary: '€'.repeat(70_000), annotations: findings }),
    3,
  ],
  ['a running check', checkRun({ status: 'in_progress' }), 1],
];

describe('The preview', () => {
  let github: FakeGitHub;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  beforeEach(() => github.reset());
  afterEach(() => expect(github.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  it.each(ANNOTATIONS)('of %s is what GitHub then receives', async (_, annotation, count) => {
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    const annotations = githubAnnotations(new GitHubClient(integration, deps));
    const context = { operationId: 'op-1', upsertKey: 'sast' };
    const shown = annotations.preview(annotation, context);
    expect(github.requests).toEqual([]);
    await post(annotations, annotation, { ...context, signal: AbortSignal.timeout(60_000) });

    const sent = github.requests
      .filter(({ method, path }) => method !== 'GET' && path.startsWith('/repos/'))
      .map(({ method, path, body }) => ({ method, url: `${github.url}${path}`, body }));
    const [run] = github.checkRuns(OWNER, REPOSITORY, HEAD_SHA);
    expect(shown).toHaveLength(count);
    expect(JSON.parse(JSON.stringify(shown).replaceAll('{check_run_id}', String(run?.id)))).toEqual(sent);
  });

  it('of a comment with an id is its update', () => {
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    const annotations = githubAnnotations(new GitHubClient(integration, deps));
    const [shown] = annotations.preview(comment({ body: 'Fine.', commentId: '17' }), {
      operationId: '',
      upsertKey: 'a',
    });

    expect(shown).toMatchObject({ method: 'PATCH', url: `${github.url}/repos/acme/shop/issues/comments/17` });
    expect(github.requests).toEqual([]);
  });

  it('refuses what posting would refuse', () => {
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    const annotations = githubAnnotations(new GitHubClient(integration, deps));
    const contradictory = checkRun({ status: 'completed' });

    expect(() => annotations.preview(contradictory, { operationId: 'op-1', upsertKey: 'sast' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});

function post(
  annotations: ReturnType<typeof githubAnnotations>,
  annotation: ScmAnnotation,
  context: Parameters<typeof annotations.postComment>[1],
): Promise<unknown> {
  switch (annotation.operation) {
    case 'comment':
      return annotations.postComment(annotation.request, context);
    case 'status':
      return annotations.postStatus(annotation.request, context);
    case 'check_run':
      return annotations.createCheckRun(annotation.request, context);
  }
}
