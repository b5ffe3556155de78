import { randomUUID } from 'node:crypto';
import { type ScmCheckRunAnnotation, ScmCheckRunRequest } from '@integrations/contracts';
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
import { cancelCheckRun, createCheckRun } from './check-runs';
import { GitHubClient } from '../vendors/github/client';

const signal = new AbortController().signal;

const isUpdate = ({ method }: { method: string }) => method === 'PATCH';

describe('createCheckRun', () => {
  let github: FakeGitHub;
  let egress: EgressClient;
  let client: GitHubClient;

  const annotations = (count: number, message = 'finding'): ScmCheckRunAnnotation[] =>
    Array.from({ length: count }, (_, index) => ({
      path: 'src/shop.ts',
      startLine: index + 1,
      endLine: index + 1,
      annotationLevel: 'warning' as const,
      message: `${message} ${index}`,
    }));
  const post = (fields: Partial<ScmCheckRunRequest> = {}, upsertKey = 'sast') => {
    const target = { owner: OWNER, repository: REPOSITORY, headSha: HEAD_SHA };
    const request = Object.assign(new ScmCheckRunRequest(), {
      ...target,
      name: 'SAST',
      conclusion: 'failure',
      ...fields,
    });
    return createCheckRun(client, request, { operationId: randomUUID(), upsertKey, signal, halfMade });
  };
  /** How many requests GitHub had seen at each call of `halfMade`. */
  let notedAfter: number[] = [];
  let halfMade: () => Promise<void>;
  const cancel = (upsertKey = 'sast') => {
    const run = { owner: OWNER, repository: REPOSITORY, headSha: HEAD_SHA, name: 'SAST', summary: 'Overtaken.' };
    return cancelCheckRun(client, run, { operationId: randomUUID(), upsertKey, signal });
  };
  const interrupt = () => github.inject({ when: isUpdate, processed: false, reply: { status: 500 } });
  const runs = () => github.checkRuns(OWNER, REPOSITORY, HEAD_SHA);
  const writes = () => github.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/check-runs'));

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  beforeEach(() => {
    notedAfter = [];
    halfMade = async () => void notedAfter.push(github.requests.length);
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

  it('publishes a conclusion without findings in one write', async () => {
    const response = await post({ conclusion: 'success' });

    expect(response).toEqual({
      outcome: 'created',
      checkRunId: String(runs()[0]!.id),
      url: expect.stringContaining('/runs/'),
      status: 'completed',
      conclusion: 'success',
      annotationsPosted: 0,
      truncated: [],
    });
    expect(writes()).toHaveLength(1);
  });

  it('fills all fields that GitHub shows', async () => {
    await post({
      summary: 'Two findings',
      text: 'More',
      detailsUrl: 'https://scan.example/1',
      startedAt: '2026-01-02T03:04:05+01:00',
      annotations: [{ ...annotations(1)[0]!, endLine: 3, annotationLevel: 'failure', title: 'Injection' }],
    });

    expect(runs()).toMatchObject([
      {
        name: 'SAST',
        details_url: 'https://scan.example/1',
        started_at: '2026-01-02T02:04:05.000Z',
        status: 'completed',
        conclusion: 'failure',
        output: { title: 'SAST', summary: 'Two findings', text: 'More' },
        annotations: [
          {
            path: 'src/shop.ts',
            start_line: 1,
            end_line: 3,
            annotation_level: 'failure',
            message: 'finding 0',
            title: 'Injection',
          },
        ],
      },
    ]);
  });

  it.each([
    [1, 1],
    [50, 1],
    [51, 2],
    [100, 2],
    [120, 3],
  ])('sends %i annotations in %i writes, each once and in order', async (count, expected) => {
    const response = await post({ annotations: annotations(count) });

    expect(response.annotationsPosted).toBe(count);
    expect(writes()).toHaveLength(expected);
    expect(runs()).toHaveLength(1);
    expect(runs()[0]).toMatchObject({ status: 'completed', conclusion: 'failure' });
    expect(runs()[0]!.annotations.map(({ start_line }) => start_line)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });

  it('concludes the run with the last part of the annotations', async () => {
    await post({ annotations: annotations(120) });

    expect(writes().map(({ body }) => (body as { status: string }).status)).toEqual([
      'in_progress',
      'in_progress',
      'completed',
    ]);
  });

  it('writes nothing if the newest run is the same', async () => {
    await post({ annotations: annotations(60), startedAt: '2026-01-02T03:04:05Z' });
    const again = await post({ annotations: annotations(60), startedAt: '2026-01-03T03:04:05Z' });

    expect(again).toMatchObject({ outcome: 'unchanged', annotationsPosted: 60 });
    expect(writes()).toHaveLength(2);
  });

  it('writes nothing for a repeated running check, and adds missing annotations', async () => {
    const running = { status: 'in_progress', conclusion: undefined, annotations: annotations(60) } as const;
    interrupt();
    await expect(post(running)).rejects.toMatchObject({ transient: true });
    expect(await post(running)).toMatchObject({ outcome: 'updated' });
    expect(await post(running)).toMatchObject({ outcome: 'unchanged' });

    expect(runs()).toMatchObject([{ status: 'in_progress', annotations: running.annotations.map(() => ({})) }]);
  });

  it('takes a concluded run as complete, even if GitHub counts fewer annotations', async () => {
    await post({ annotations: annotations(3) });
    runs()[0]!.annotations.pop();

    expect(await post({ annotations: annotations(3) })).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toHaveLength(1);
  });

  it('completes a run that was announced', async () => {
    const { checkRunId } = await post({ status: 'in_progress', conclusion: undefined });
    const response = await post({ annotations: annotations(60) });

    expect(response).toMatchObject({ outcome: 'updated', checkRunId, status: 'completed' });
    expect(runs()).toHaveLength(1);
    expect(runs()[0]!.annotations).toHaveLength(60);
  });

  it('keeps the annotations of a running check when only its state changes', async () => {
    await post({ status: 'in_progress', conclusion: undefined, annotations: annotations(60) });
    await post({ summary: 'Done' });

    expect(runs()).toHaveLength(1);
    expect(runs()[0]).toMatchObject({ status: 'completed', output: { summary: 'Done' } });
  });

  it('creates a new run for a new result, because annotations cannot be removed', async () => {
    await post({ annotations: annotations(3, 'old') });
    const response = await post({ annotations: annotations(2, 'new') });

    expect(response.outcome).toBe('created');
    expect(runs().map((run) => run.annotations.map(({ message }) => message))).toEqual([
      ['old 0', 'old 1', 'old 2'],
      ['new 0', 'new 1'],
    ]);
  });

  it('cancels a running check with outdated annotations, and creates a new one', async () => {
    await post({ status: 'in_progress', conclusion: undefined, annotations: annotations(3, 'old') });
    await post({ annotations: annotations(2, 'new') });

    expect(runs()).toMatchObject([
      { status: 'completed', conclusion: 'cancelled', annotations: { length: 3 } },
      { status: 'completed', conclusion: 'failure', annotations: { length: 2 } },
    ]);
  });

  it('leaves no annotation of an unfinished run in a run without findings', async () => {
    interrupt();
    await expect(post({ annotations: annotations(60, 'old') })).rejects.toMatchObject({ transient: true });
    await post({ annotations: [], conclusion: 'success' });

    expect(runs()).toMatchObject([
      { status: 'completed', conclusion: 'cancelled', annotations: { length: 50 } },
      { status: 'completed', conclusion: 'success', annotations: { length: 0 } },
    ]);
  });

  it('calls halfMade before the first write of several, and only then', async () => {
    interrupt();
    await expect(post({ annotations: annotations(120) })).rejects.toMatchObject({ transient: true });
    const isCreation = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.endsWith('/check-runs');
    expect(notedAfter).toEqual([github.requests.findIndex(isCreation)]);

    await post({ annotations: annotations(50) }, 'whole');
    await post({ status: 'in_progress', conclusion: undefined }, 'announced');
    await post({ annotations: annotations(50) }, 'announced');
    expect(notedAfter).toHaveLength(1);
  });

  // GitHub makes it `stale` 14 days after the last update, which its own description of its answers leaves out.
  it('gives a run its conclusion again if it has another', async () => {
    await post();
    runs()[0]!.conclusion = 'neutral';

    expect(await post()).toMatchObject({ outcome: 'updated', conclusion: 'failure' });
    expect(runs()).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
  });

  it('posts no characters that are invisible or reorder the text', async () => {
    await post({
      summary: 'sum\u202emary',
      text: 'te\u001bxt',
      annotations: [{ ...annotations(1, 'mes\u2066sage')[0]!, title: 'ti\u202etle' }],
    });

    expect(runs()).toMatchObject([
      { output: { summary: 'summary', text: 'text' }, annotations: [{ message: 'message 0', title: 'title' }] },
    ]);
  });

  it('begins no run of several writes before halfMade has succeeded: nobody would end the run', async () => {
    halfMade = () => Promise.reject(new Error('the database is gone'));

    await expect(post({ annotations: annotations(120) })).rejects.toThrow('the database is gone');
    expect(writes()).toEqual([]);
  });

  it('cancels a running check, and keeps its annotations', async () => {
    interrupt();
    await expect(post({ annotations: annotations(60) })).rejects.toMatchObject({ transient: true });
    await cancel();

    expect(runs()).toMatchObject([
      { status: 'completed', conclusion: 'cancelled', output: { summary: 'Overtaken.' }, annotations: { length: 50 } },
    ]);
    await post({ annotations: annotations(60) });
    expect(runs()[1]).toMatchObject({ conclusion: 'failure', annotations: { length: 60 } });
  });

  it('cancels nothing if no run of the upsert key is in progress', async () => {
    await post({ conclusion: 'success' });
    await post({ status: 'in_progress', conclusion: undefined }, 'other');
    const before = writes().length;
    await cancel();

    expect(writes()).toHaveLength(before);
  });

  it('creates a new run when an earlier result returns', async () => {
    await post({ conclusion: 'success' });
    await post({ conclusion: 'failure' });
    await post({ conclusion: 'success' });

    expect(runs().map(({ conclusion }) => conclusion)).toEqual(['success', 'failure', 'success']);
  });

  it('keeps one run for each upsert key, even with the same name', async () => {
    await post({}, 'linux');
    await post({}, 'windows');

    expect(await post({}, 'linux')).toMatchObject({ outcome: 'unchanged' });
    expect(runs()).toHaveLength(2);
  });

  it('leaves the run of another app alone, whatever its external id', async () => {
    await post();
    runs()[0]!.viaApp = false;

    expect(await post()).toMatchObject({ outcome: 'created' });
    expect(runs()).toHaveLength(2);
  });

  it("cuts texts that are too long, in GitHub's unit", async () => {
    const long = { ...annotations(1)[0]!, message: '€'.repeat(30_000), title: 't'.repeat(300) };
    const response = await post({ summary: '€'.repeat(30_000), text: 'x'.repeat(70_000), annotations: [long] });

    expect(response.truncated.map(({ field, unit }) => `${field} in ${unit}`).sort()).toEqual([
      'annotations[0].message in bytes',
      'annotations[0].title in characters',
      'summary in bytes',
      'text in bytes',
    ]);
    expect(await post({ summary: '€'.repeat(30_000), text: 'x'.repeat(70_000), annotations: [long] })).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it.each<[string, Partial<ScmCheckRunRequest>]>([
    ['a completed run without a conclusion', { status: 'completed', conclusion: undefined }],
    ['a conclusion of a running check', { status: 'in_progress' }],
    ['a malformed start time', { startedAt: '2026-W01' }],
  ])('refuses %s before any call', async (_, fields) => {
    await expect(post(fields)).rejects.toMatchObject({ code: 'invalid_request', transient: false });
    expect(github.requests).toEqual([]);
  });

  it('reports a missing commit', async () => {
    await expect(post({ headSha: 'b'.repeat(40) })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });
});
