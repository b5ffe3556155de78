import { ScmCheckRunRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  HEAD_SHA,
  OWNER,
  PROJECT_TOKEN,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import type { FakeBitbucketDataCenter } from '../../../../test/support/fake-bitbucket-data-center/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { bitbucketAnnotations } from './annotations';
import { BitbucketClient } from './client';
import { BitbucketDataCenterConfig } from './config';

const context = { operationId: 'op', upsertKey: 'sast', signal: new AbortController().signal };

describe('A check run at Bitbucket Data Center', () => {
  let bitbucket: FakeBitbucketDataCenter;
  let egress: EgressClient;

  const run = (fields: Partial<ScmCheckRunRequest> = {}, token = TOKEN) => {
    const { integration, deps } = connect(bitbucket, egress, { config: new BitbucketDataCenterConfig(), token });
    const of = { owner: OWNER, repository: REPOSITORY, headSha: HEAD_SHA, name: 'SAST' };
    const request = Object.assign(new ScmCheckRunRequest(), { ...of, ...fields });
    return bitbucketAnnotations(new BitbucketClient(integration, deps)).createCheckRun(request, context);
  };
  const annotation = (startLine: number, annotationLevel: 'failure' | 'warning' | 'notice', message = 'Look.') => ({
    ...{ path: 'src/a.ts', startLine, endLine: startLine, annotationLevel, message },
  });
  const builds = () => bitbucket.builds(OWNER, REPOSITORY, HEAD_SHA);
  const report = () => bitbucket.reports(OWNER, REPOSITORY, HEAD_SHA)[0]!;

  beforeAll(async () => {
    egress = loopbackEgress();
    bitbucket = await startAcme();
  });
  afterEach(() => {
    expect(bitbucket.violations).toEqual([]);
    bitbucket.reset();
  });
  afterAll(async () => {
    await egress.close();
    await bitbucket.stop();
  });

  it('sets a build status and a report, and concludes both', async () => {
    await run({ status: 'in_progress' });
    expect(builds()).toMatchObject([{ key: 'check: SAST', state: 'INPROGRESS' }]);
    expect(report().body).not.toHaveProperty('result');

    const annotations = [annotation(3, 'notice'), annotation(4, 'failure', 'eval')];
    const detailsUrl = 'https://scan.example/1';
    const summary = '### SAST: **failed**\n\n| High | Low |\n| --- | --- |\n| 1 | 1 |';
    expect(await run({ conclusion: 'failure', summary, annotations, detailsUrl })).toMatchObject({
      ...{ outcome: 'updated', status: 'completed', annotationsPosted: 2, truncated: [] },
    });
    expect(builds()).toMatchObject([{ state: 'FAILED', description: 'SAST: failed', url: detailsUrl }]);
    expect(report()).toEqual({
      creator: expect.anything(),
      body: {
        ...{ title: 'SAST', details: 'SAST: failed\n\nHigh · Low\n1 · 1', result: 'FAIL', reporter: 'Integrations' },
        link: detailsUrl,
        data: [
          { title: 'Failures', type: 'NUMBER', value: 1 },
          { title: 'Warnings', type: 'NUMBER', value: 0 },
          { title: 'Notices', type: 'NUMBER', value: 1 },
        ],
      },
      annotations: [
        { path: 'src/a.ts', line: 4, message: 'eval', severity: 'HIGH' },
        { path: 'src/a.ts', line: 3, message: 'Look.', severity: 'LOW' },
      ],
    });
  });

  it.each([
    ['success', 'SUCCESSFUL', 'PASS'],
    ['neutral', 'SUCCESSFUL', 'PASS'],
    ['timed_out', 'FAILED', 'FAIL'],
    ['cancelled', 'CANCELLED', undefined],
  ] as const)('maps %s to build state %s and report result %s', async (conclusion, state, result) => {
    await run({ conclusion });
    expect(builds()).toMatchObject([{ state }]);
    expect(report().body['result']).toBe(result);
  });

  it('deletes outdated annotations before it uploads new ones, and writes nothing that is unchanged', async () => {
    const first = [annotation(1, 'warning'), annotation(2, 'warning')];
    await run({ conclusion: 'failure', annotations: first });
    bitbucket.requests.length = 0;
    expect(await run({ conclusion: 'failure', annotations: [...first].reverse() })).toMatchObject({
      outcome: 'unchanged',
    });
    expect(bitbucket.requests.every(({ method }) => method === 'GET')).toBe(true);

    await run({ conclusion: 'failure', annotations: [annotation(2, 'warning')] });
    expect(report().annotations).toMatchObject([{ line: 2 }]);
    expect(bitbucket.requests.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual([
      // The build status contains the number of annotations, so it changes too.
      ...['POST', 'PUT', 'DELETE', 'POST'],
    ]);
  });

  it('shows the most severe annotations if there are more than a report holds, and reports the rest', async () => {
    const annotations = Array.from({ length: 1_200 }, (_, index) =>
      annotation(index + 1, index < 1_100 ? 'notice' : 'failure'),
    );
    const { annotationsPosted, truncated } = await run({ conclusion: 'failure', summary: 'Many.', annotations });

    expect(annotationsPosted).toBe(1_000);
    expect(truncated).toEqual([{ field: 'annotations', was: 1_200, now: 1_000, unit: 'items' }]);
    expect(report().annotations.filter(({ severity }) => severity === 'HIGH')).toHaveLength(100);
    expect(report().body['details']).toBe('Many.\n\n200 more annotations are left out: a report holds at most 1000.');
  });

  it('reports a limit that an administrator has lowered', async () => {
    bitbucket.world.maxAnnotations = 1;
    const annotations = [annotation(1, 'notice'), annotation(2, 'notice')];

    await expect(run({ conclusion: 'success', annotations })).rejects.toMatchObject({ code: 'limit_reached' });
  });

  it("is cut to Bitbucket's limits", async () => {
    const annotations = [annotation(1, 'notice', '😀'.repeat(1_500))];
    const { truncated } = await run({ conclusion: 'success', summary: 'x'.repeat(3_000), annotations });

    expect(truncated.map(({ field }) => field)).toEqual(['summary', 'annotations[0].message']);
    await run({ conclusion: 'success', annotations: [annotation(1, 'notice', '\u0001')] });
    expect(report().annotations).toMatchObject([{ message: 'no message' }]);
    await run({ conclusion: 'success', summary: 'x'.repeat(3_000), annotations });
    expect(Buffer.byteLength(String(report().body['details']))).toBeLessThanOrEqual(2_000);
    expect(report().body['details']).toContain('(cut off)');
  });

  it('leaves the report of another account unchanged, and reports why', async () => {
    await run({ conclusion: 'success' });

    await expect(run({ conclusion: 'failure' }, PROJECT_TOKEN)).rejects.toMatchObject({
      ...{ code: 'permission_missing', message: expect.stringContaining('only the account that created a report') },
    });
  });
});
