import type { ScmPublishPolicies } from '@integrations/contracts';
import { ProviderError, type PullRequestFacts } from '@integrations/provider-kit';

export type SkipPolicies = Pick<ScmPublishPolicies, 'closed' | 'draft' | 'locked'>;

/** Throws ProviderError `stale_head` if the pull request has another head. */
export function expectHead({ headSha }: Pick<PullRequestFacts, 'headSha'>, expected: string): void {
  if (headSha === expected) return;
  const now = `the head of the pull request is ${headSha.slice(0, 12)}`;
  throw new ProviderError('stale_head', `headSha: ${now} and not ${expected.slice(0, 12)}`);
}

/** Why the pull request's conversation must not be touched; null if it may be. */
export function reasonToSkip(
  { state, draft, locked }: Pick<PullRequestFacts, 'state' | 'draft' | 'locked'>,
  policies: SkipPolicies,
): string | null {
  if (state === 'closed' && policies.closed === 'skip') return 'the pull request is closed';
  if (locked && policies.locked === 'skip') return 'the conversation is locked';
  if (draft && policies.draft === 'skip') return 'the pull request is a draft';
  return null;
}
