import { describeEmulatedCheckRuns } from '../../../../test/support/describe-emulated-check-runs';
import {
  added,
  connect,
  HEAD_SHA,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitlab/connection';
import { GitLabClient } from '../vendors/gitlab/client';
import { createCheckRun } from './check-runs';
import { GitLabConfig } from './config';

describeEmulatedCheckRuns({
  start: () => startAcme({ files: [added('changed.ts', 9)] }),
  createCheckRun: (gitlab, egress, request, context) => {
    const { integration, deps } = connect(gitlab, egress, { config: new GitLabConfig() });
    return createCheckRun(new GitLabClient(integration, deps), request, context);
  },
  notes: (gitlab) => gitlab.notes(PROJECT, MERGE_REQUEST),
  of: { owner: OWNER, repository: REPOSITORY, headSha: HEAD_SHA },
  pullRequest: MERGE_REQUEST,
  longest: 1_000_000,
});
