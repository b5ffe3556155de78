import { describeEmulatedCheckRuns } from '../../../../test/support/describe-emulated-check-runs';
import {
  connect,
  edited,
  HEAD_SHA,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-azure-devops/connection';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { createCheckRun } from './check-runs';

describeEmulatedCheckRuns({
  start: () => startAcme({ changes: [edited('changed.ts')] }),
  createCheckRun: (azure, egress, request, context) => {
    const { integration, deps } = connect(azure, egress, { config: new AzureDevOpsConfig() });
    return createCheckRun(new AzureDevOpsClient(integration, deps), request, context);
  },
  notes: (azure) =>
    azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST).threads.map(({ comments }) => comments[0]!.content),
  of: { owner: PROJECT, repository: REPOSITORY, headSha: HEAD_SHA },
  pullRequest: PULL_REQUEST,
  longest: 150_000,
});
