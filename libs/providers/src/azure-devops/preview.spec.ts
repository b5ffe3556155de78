import { ScmCheckRunRequest, ScmCommentRequest } from '@integrations/contracts';
import { type ProviderDeps, ProviderError, type ScmAnnotation } from '@integrations/provider-kit';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { preview } from './preview';

const REPOSITORY = 'https://dev.azure.com/acme/Web%20Shop/_apis/git/repositories/shop';
const place = { owner: 'Web Shop', repository: 'shop' };

describe('The preview of Azure DevOps', () => {
  const show = (annotation: ScmAnnotation) => {
    const integration = { integrationId: 'i', tenantId: 't', endpoint: 'https://dev.azure.com/acme' };
    // A preview uses none of the dependencies.
    const deps = {} as ProviderDeps;
    const client = new AzureDevOpsClient({ ...integration, config: new AzureDevOpsConfig() }, deps);
    return preview(client, annotation, { operationId: 'op', upsertKey: 'sast' });
  };
  const comment = (commentId: string) => {
    const fields = { ...place, pullRequestNumber: 7, body: 'One.', commentId };
    return show({ operation: 'comment', request: Object.assign(new ScmCommentRequest(), fields) });
  };

  it('shows the update of a comment with an id', () => {
    expect(comment('42-3')).toMatchObject([
      { method: 'PATCH', url: `${REPOSITORY}/pullRequests/7/threads/42/comments/3?api-version=7.1` },
    ]);
    expect(() => comment('x')).toThrow(ProviderError);
  });

  it('shows all parts of a check run, with braces around values that only Azure DevOps knows', () => {
    const annotations = [
      { path: 'a.ts', startLine: 3, endLine: 4, annotationLevel: 'failure', message: 'eval' },
      { path: 'b.ts', startLine: 1, endLine: 1, annotationLevel: 'notice', message: '```suggestion\nx\n```' },
    ];
    const fields = {
      ...place,
      headSha: 'a'.repeat(40),
      name: 'scan',
      conclusion: 'failure',
      summary: 'One.',
      annotations,
    };
    const shown = show({ operation: 'check_run', request: Object.assign(new ScmCheckRunRequest(), fields) });

    const status = { state: 'failed', context: { name: 'check: scan', genre: 'integrations' } };
    const pullRequest = `${REPOSITORY}/pullRequests/{pullRequestId}`;
    expect(shown).toMatchObject([
      { url: `${REPOSITORY}/commits/${'a'.repeat(40)}/statuses?api-version=7.1`, body: status },
      { url: `${pullRequest}/statuses?api-version=7.1`, body: { iterationId: '{iterationId}', ...status } },
      {
        url: `${pullRequest}/threads?api-version=7.1`,
        body: {
          ...{ status: 'active', pullRequestThreadContext: '{pullRequestThreadContext}' },
          threadContext: { filePath: '/a.ts', rightFileStart: { line: 3 }, rightFileEnd: { line: 4, offset: 1 } },
        },
      },
      {
        url: `${pullRequest}/threads?api-version=7.1`,
        body: { threadContext: { filePath: '/b.ts', rightFileEnd: { line: 1, offset: '{offset}' } } },
      },
      { url: `${pullRequest}/threads?api-version=7.1`, body: { status: 'closed' } },
    ]);
  });
});
