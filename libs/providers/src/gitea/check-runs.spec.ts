import { describeEmulatedCheckRuns } from '../../../../test/support/describe-emulated-check-runs';
import {
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitea/connection';
import { createCheckRun } from './check-runs';
import { GiteaClient } from './client';
import { GiteaConfig } from './config';

describeEmulatedCheckRuns({
  start: () => startAcme({ diff: added('changed.ts', 9) }),
  createCheckRun: (gitea, egress, request, context) => {
    const { integration, deps } = connect(gitea, egress, { config: new GiteaConfig() });
    return createCheckRun(new GiteaClient(integration, deps), request, context);
  },
  notes: (gitea) => gitea.pull(OWNER, REPOSITORY, PULL_REQUEST).comments.map(({ body }) => body),
  of: { owner: OWNER, repository: REPOSITORY, headSha: HEAD_SHA },
  pullRequest: PULL_REQUEST,
  longest: 1_000_000,
});
