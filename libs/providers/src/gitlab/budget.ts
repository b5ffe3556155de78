import type { CallBudget, IntegrationConfig } from '@integrations/provider-kit';
import { instanceOf } from '../vendors/gitlab/addresses';
import type { GitLabConfig } from './config';

/** GitLab's defaults. https://docs.gitlab.com/user/gitlab_com/rate_limits/#current-rate-limits */
const NOTES_PER_MINUTE = { 'gitlab.com': 60, elsewhere: 300 } as const;
/** Of gitlab.com's 2,000 calls a minute; four fifths are left to reads and to others. */
const WRITES_PER_MINUTE = 400;

const MINUTE_MS = 60_000;

/** GitLab counts per user. Only the token identifies the user, so the account is unknown here. */
export function budget({ endpoint, config }: IntegrationConfig<GitLabConfig>): CallBudget {
  const isHosted = new URL(instanceOf(endpoint)).hostname === 'gitlab.com';
  const notes = config.notesPerMinute ?? NOTES_PER_MINUTE[isHosted ? 'gitlab.com' : 'elsewhere'];
  return {
    account: null,
    limits: {
      note: [{ max: notes, perMs: MINUTE_MS }],
      write: [{ max: WRITES_PER_MINUTE, perMs: MINUTE_MS }],
    },
  };
}
