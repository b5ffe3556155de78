import { type CallBudget, type IntegrationConfig, retryAfterMs } from '@integrations/provider-kit';
import { instanceOf } from './addresses';
import type { GitLabConfig } from './config';

/** GitLab's defaults. https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom */
const NOTES_PER_MINUTE = { 'gitlab.com': 60, elsewhere: 300 } as const;
/** Of 2,000 calls a minute at gitlab.com, so that four of five are left to reading and to others. */
const WRITES_PER_MINUTE = 400;
/** Of the calls that the headers tell, what is left to probes and to people. */
const LEFT_FOR_OTHERS = 50;

const MINUTE_MS = 60_000;
const MAKES_NOTE = /\/(notes|discussions)$/;

/** GitLab counts by user, whom the token alone tells. */
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

/** Which limit a call counts for; null for none. */
export function kindOf(method: string, path: string): 'note' | 'write' | null {
  if (method === 'GET') return null;
  return method === 'POST' && MAKES_NOTE.test(path) ? 'note' : 'write';
}

/** How long to leave the rest of a minute's calls to others, in milliseconds; null while there are enough. */
export function pauseMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const remaining = headers['ratelimit-remaining'];
  if (remaining === undefined || Number(remaining) > LEFT_FOR_OTHERS) return null;
  return waitMs(headers, now) ?? null;
}

/** How long GitLab asks us to wait: `Retry-After`, else until its window ends; undefined if it does not say. */
export function waitMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const reset = headers['ratelimit-reset'];
  if (reset === undefined) return retryAfterMs(headers, now);
  return retryAfterMs({ ...headers, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, now);
}
