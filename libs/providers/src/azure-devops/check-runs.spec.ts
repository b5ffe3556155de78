import { randomUUID } from 'node:crypto';
import { ScmCheckRunRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  HEAD_SHA,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { createCheckRun } from './check-runs';

const UNPLACED = { path: 'other.ts', startLine: 3, endLine: 3, annotationLevel: 'failure', message: 'eval' } as const;

describe('createCheckRun', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  const post = (fields: Partial<ScmCheckRunRequest>, leaveAlone?: number) => {
    const { integration, deps } = connect(azure, egress, { config: new AzureDevOpsConfig() });
    const ofHead = { owner: PROJECT, repository: REPOSITORY, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure' };
    const request = Object.assign(new ScmCheckRunRequest(), { ...ofHead, ...fields });
    const context = { operationId: randomUUID(), upsertKey: 'scan', signal: AbortSignal.timeout(20_000), leaveAlone };
    return createCheckRun(new AzureDevOpsClient(integration, deps), request, context);
  };
  const notes = () =>
    azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST).threads.map(({ comments }) => comments[0]!.content);

  beforeAll(async () => {
    egress = loopbackEgress();
    azure = await startAcme();
  });
  afterEach(() => {
    expect(azure.violations).toEqual([]);
    azure.reset();
  });
  afterAll(async () => {
    await egress.close();
    await azure.stop();
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
    const long = 'x'.repeat(100_000);
    const { truncated } = await post({ summary: long, text: long });

    const was = '### ` scan `: failure\n\n\n\n'.length + 2 * long.length;
    expect(truncated).toEqual([{ field: 'text', was, now: expect.any(Number), unit: 'characters' }]);
    expect(notes()[0]).toHaveLength(150_000);
    expect((await post({ summary: long })).truncated).toEqual([]);
  });

  it('leaves a conversation alone that it is told to, and concludes all the same', async () => {
    const posted = await post({ summary: 'One.', annotations: [UNPLACED] }, PULL_REQUEST);

    expect(posted).toMatchObject({ outcome: 'created', conclusion: 'failure', annotationsPosted: 0 });
    expect(notes()).toEqual([]);
    expect(await post({ summary: 'One.', annotations: [UNPLACED] }, PULL_REQUEST + 1)).toMatchObject({
      annotationsPosted: 1,
    });
    expect(notes()).toHaveLength(1);
  });
});
