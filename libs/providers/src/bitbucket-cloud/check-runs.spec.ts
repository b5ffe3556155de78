import { randomUUID } from 'node:crypto';
import { ScmCheckRunRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  ACCESS_TOKEN,
  connect,
  HEAD_SHA,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { cancelCheckRun, createCheckRun } from './check-runs';
import { BitbucketClient } from './client';
import { BitbucketCloudConfig } from './config';

describe('createCheckRun', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  const client = () => {
    const options = { config: new BitbucketCloudConfig(), secret: ACCESS_TOKEN };
    const { integration, deps } = connect(bitbucket, egress, options);
    return new BitbucketClient(integration, deps);
  };
  const context = (upsertKey: string) => ({
    ...{ operationId: randomUUID(), upsertKey, signal: AbortSignal.timeout(60_000) },
    halfMade: async () => void notedAfter.push(writes().length),
  });
  /** How many writes to the report had been made at each call of `halfMade`. */
  let notedAfter: number[] = [];
  const run = { owner: OWNER, repository: REPOSITORY, headSha: HEAD_SHA, name: 'SAST' };
  const post = (fields: Partial<ScmCheckRunRequest> = {}, upsertKey = 'sast') => {
    const request = Object.assign(new ScmCheckRunRequest(), { ...run, conclusion: 'failure', ...fields });
    return createCheckRun(client(), request, context(upsertKey));
  };
  const cancel = () => cancelCheckRun(client(), { ...run, summary: 'Overtaken.' }, context('sast'));
  const reports = () => bitbucket.reports(OWNER, REPOSITORY, HEAD_SHA);
  const annotations = () => [...reports()[0]!.annotations.values()];
  /** The writes to the report. */
  const writes = () =>
    bitbucket.requests
      .filter(({ method, path }) => method !== 'GET' && path.includes('/reports/'))
      .map(({ method, body }) => ({ method, body }));

  beforeAll(async () => {
    egress = loopbackEgress();
    bitbucket = await startAcme();
  });
  afterEach(() => {
    notedAfter = [];
    expect(bitbucket.violations).toEqual([]);
    bitbucket.reset();
  });
  afterAll(async () => {
    await egress.close();
    await bitbucket.stop();
  });

  it('creates a pending report, uploads its annotations and then concludes it', async () => {
    const response = await post({ summary: '### Two', annotations: [warning(3), { ...warning(4), endLine: 9 }] });

    expect(response).toMatchObject({ outcome: 'created', conclusion: 'failure', annotationsPosted: 2, truncated: [] });
    expect(writes()).toMatchObject([
      { method: 'PUT', body: { result: 'PENDING' } },
      { method: 'POST', body: [{ line: 3 }, { line: 4 }] },
      { method: 'PUT', body: { title: 'SAST', details: 'Two', result: 'FAILED', report_type: 'SECURITY' } },
    ]);
    expect(annotations()[1]).toMatchObject({
      ...{ severity: 'MEDIUM', summary: 'eval: Line 4 is bad.', details: 'Lines 4 to 9.\n\nLine 4 is bad.' },
    });
    expect(reports()[0]!.fields['data']).toContainEqual({ title: 'Warnings', type: 'NUMBER', value: 2 });
  });

  it('first sets a build status, which merge checks use', async () => {
    await post({ summary: '## **Two** findings\n\nMore.', detailsUrl: 'https://scan.example/1' });

    expect(bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA)).toMatchObject([
      { name: 'check: SAST', state: 'FAILED', description: 'Two findings', url: 'https://scan.example/1' },
    ]);
    expect(bitbucket.requests.map(({ method, path }) => `${method} ${path.split('/').at(-2)}`)).toEqual([
      ...['GET build', 'POST statuses', 'GET reports', 'PUT reports'],
    ]);
    await post({ conclusion: 'cancelled' });
    expect(bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA)).toMatchObject([{ state: 'STOPPED' }]);
  });

  it('leaves out a link that Bitbucket accepts neither for a build status nor for a report', async () => {
    const detailsUrl = 'http://scanner:8080/scans/1';
    const { truncated } = await post({ detailsUrl });

    expect(truncated).toEqual([{ field: 'detailsUrl', was: detailsUrl.length, now: 0, unit: 'characters' }]);
    expect(reports()[0]!.fields['link']).toBeUndefined();
  });

  it('concludes the report at once if there is nothing to annotate', async () => {
    await post({ conclusion: 'success' });

    expect(writes()).toMatchObject([{ method: 'PUT', body: { result: 'PASSED', details: 'success, 0 annotations.' } }]);
  });

  it('calls halfMade before it creates a pending report, and only then', async () => {
    await post({ annotations: [warning(3)] });
    expect(notedAfter).toEqual([0]);
    await post({ annotations: [] }, 'whole');
    expect(notedAfter).toEqual([0]);
  });

  it('ends a pending report on cancellation, and leaves a concluded one unchanged', async () => {
    const isUpload = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.endsWith('/annotations');
    bitbucket.inject({ when: isUpload, processed: false, reply: { status: 500 } });
    await expect(post({ annotations: [warning(3)] })).rejects.toMatchObject({ transient: true });
    expect(reports()).toMatchObject([{ fields: { result: 'PENDING' } }]);
    await cancel();
    expect(reports()).toMatchObject([{ fields: { title: 'SAST', result: 'FAILED', details: 'Overtaken.' } }]);

    await post({ conclusion: 'success', annotations: [warning(3)] });
    await cancel();
    expect(reports()).toMatchObject([{ fields: { result: 'PASSED' } }]);
  });

  it('keeps the report pending while the run is in progress', async () => {
    await post({ status: 'in_progress', conclusion: undefined as never, annotations: [warning(1)] });

    expect(writes()).toMatchObject([{ method: 'PUT', body: { result: 'PENDING' } }, { method: 'POST' }]);
  });

  it('uploads annotations that are new or have moved, and nothing if none have', async () => {
    const first = [warning(1), warning(2)];
    await post({ annotations: first });
    bitbucket.requests.length = 0;
    expect(await post({ annotations: first })).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toEqual([]);

    const moved = { ...first[1]!, startLine: 20, endLine: 20 };
    expect(await post({ annotations: [first[0]!, moved] })).toMatchObject({ outcome: 'updated' });
    expect(writes()[1]).toMatchObject({ body: [{ line: 20 }] });
    expect(annotations()).toHaveLength(2);
  });

  it('recreates the report if annotations of an earlier run are gone', async () => {
    await post({ annotations: Array.from({ length: 150 }, (_, index) => warning(index + 1)) });
    bitbucket.requests.length = 0;

    expect(await post({ annotations: [warning(7)] })).toMatchObject({ outcome: 'updated', annotationsPosted: 1 });
    expect(writes().map(({ method }) => method)).toEqual(['DELETE', 'PUT', 'POST', 'PUT']);
    expect(annotations()).toMatchObject([{ line: 7 }]);
  });

  it('keeps the reports of different upsert keys apart on the same commit', async () => {
    await post();
    await post({}, 'licences');

    expect(reports()).toHaveLength(2);
  });

  it('uploads the 1,000 most severe annotations in hundreds, keeps duplicates apart, and reports how many it left out', async () => {
    const many = Array.from({ length: 1_004 }, () => warning(1));
    const grave = { ...warning(2), annotationLevel: 'failure' as const };
    const { truncated, annotationsPosted } = await post({ annotations: [...many, grave] });

    expect(annotationsPosted).toBe(1_000);
    expect(truncated).toEqual([{ field: 'annotations', was: 1_005, now: 1_000, unit: 'items' }]);
    expect(writes().filter(({ method }) => method === 'POST')).toHaveLength(10);
    expect(annotations()).toHaveLength(1_000);
    expect(annotations()[0]).toMatchObject({ severity: 'HIGH', line: 2 });
    expect(reports()[0]!.fields['details']).toMatch(/5 more annotations are left out: a report holds at most 1000\.$/);
  });

  it('cuts or replaces each text that does not fit', async () => {
    const long = { ...warning(1), title: 'x'.repeat(900), message: 'y'.repeat(5_000) };
    const { truncated } = await post({
      summary: 'z '.repeat(2_000),
      annotations: [long, { ...warning(2), title: undefined as never, message: '\u0007' }],
    });

    expect(truncated).toMatchObject([
      { field: 'summary', was: 3_999, now: 2_000 },
      { field: 'annotations[0].message', was: 5_000, now: 2_000 },
    ]);
    expect(annotations()[1]).toMatchObject({ summary: 'no message', details: 'no message' });
  });
});

function warning(line: number) {
  return {
    ...{ path: 'src/shop.ts', startLine: line, endLine: line, annotationLevel: 'warning' as const },
    ...{ title: 'eval', message: `Line ${line} is bad.` },
  };
}
