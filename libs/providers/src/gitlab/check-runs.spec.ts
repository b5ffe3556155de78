import { randomUUID } from 'node:crypto';
import { ScmCheckRunRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  HEAD_SHA,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitlab/connection';
import type { FakeGitLab } from '../../../../test/support/fake-gitlab/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GitLabClient } from '../vendors/gitlab/client';
import { GitLabConfig } from './config';
import { createCheckRun } from './check-runs';

const UNPLACED = { path: 'other.ts', startLine: 3, endLine: 3, annotationLevel: 'failure', message: 'eval' } as const;

describe('createCheckRun', () => {
  let gitlab: FakeGitLab;
  let egress: EgressClient;

  const post = (fields: Partial<ScmCheckRunRequest>, leaveAlone?: number) => {
    const { integration, deps } = connect(gitlab, egress, { config: new GitLabConfig() });
    const ofHead = { owner: OWNER, repository: REPOSITORY, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure' };
    const request = Object.assign(new ScmCheckRunRequest(), { ...ofHead, ...fields });
    const context = { operationId: randomUUID(), upsertKey: 'scan', signal: AbortSignal.timeout(20_000), leaveAlone };
    return createCheckRun(new GitLabClient(integration, deps), request, context);
  };
  const notes = () => gitlab.notes(PROJECT, MERGE_REQUEST);

  beforeAll(async () => {
    egress = loopbackEgress();
    gitlab = await startAcme();
  });
  afterEach(() => {
    expect(gitlab.violations).toEqual([]);
    gitlab.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitlab.stop();
  });

  it('takes back what its comment said once there is nothing to say any more, and makes none for that', async () => {
    await post({ conclusion: 'success', annotations: [] });
    expect(notes()).toEqual([]);

    await post({ annotations: [UNPLACED] });
    expect(notes()).toEqual([expect.stringMatching(/^### ` scan `: failure\n\n.*other\.ts:3.*eval/s)]);
    await post({ status: 'in_progress', conclusion: undefined as never, annotations: [] });
    expect(notes()).toEqual([expect.stringContaining('eval')]);

    expect(await post({ conclusion: 'success', annotations: [] })).toMatchObject({ outcome: 'updated' });
    expect(notes()).toEqual([expect.stringMatching(/^### ` scan `: success\n\n[^\n]*integrations:[^\n]*$/)]);
    expect(await post({ conclusion: 'success', annotations: [] })).toMatchObject({ outcome: 'unchanged' });
  });

  it('tells what is cut of its comment', async () => {
    const long = 'x'.repeat(600_000);
    const { truncated } = await post({ summary: long, text: long });

    const was = '### ` scan `: failure\n\n\n\n'.length + 2 * long.length;
    expect(truncated).toEqual([{ field: 'text', was, now: expect.any(Number), unit: 'characters' }]);
    expect(notes()[0]).toHaveLength(1_000_000);
    expect((await post({ summary: long })).truncated).toEqual([]);
  });

  it('leaves a conversation alone that it is told to, and concludes all the same', async () => {
    const posted = await post({ summary: 'One.', annotations: [UNPLACED] }, MERGE_REQUEST);

    expect(posted).toMatchObject({ outcome: 'created', conclusion: 'failure', annotationsPosted: 0 });
    expect(notes()).toEqual([]);
    expect(await post({ summary: 'One.', annotations: [UNPLACED] }, MERGE_REQUEST + 1)).toMatchObject({
      annotationsPosted: 1,
    });
    expect(notes()).toHaveLength(1);
  });
});
