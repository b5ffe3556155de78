import type { Remark } from '@integrations/provider-kit';
import { processorTime } from '../../../test/support/processor-time';
import { remarkBody as azureBody } from './azure-devops/marked-body';
import { remarkBody as bitbucketBody } from './bitbucket-data-center/remark-body';
import type { RepositoryClient } from './bitbucket-data-center/repository';
import { remarkBody as giteaBody } from './gitea/marked-body';
import { remarkBody as gitlabBody } from './gitlab/marked-body';

const remarkOf = (body: string): Remark => ({
  comment: { fingerprint: 'f', path: 'a.ts', startLine: 1, endLine: 3, body },
  marker: 'm',
});

describe('The text of a remark', () => {
  it.each<[string, (remark: Remark) => string | Promise<string>]>([
    ['GitLab', (remark) => gitlabBody(remark, 'inline')],
    ['Gitea', (remark) => giteaBody(remark)],
    ['Azure DevOps', (remark) => azureBody(remark, false)],
    ['Bitbucket Data Center', (remark) => bitbucketBody({} as RepositoryClient, remark, 'file')],
  ])('for %s takes linear time, also for empty lines alone', async (_, bodyOf) => {
    const spent = processorTime();
    await bodyOf(remarkOf(`~~~suggestion\n${'\n'.repeat(60_000)}x`));
    expect(spent()).toBeLessThan(1_000);
  });
});
