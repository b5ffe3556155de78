import { hasStatus, noteExpiry, nullIf, type Probe, ProbeFailure } from '@integrations/provider-kit';
import { isPermissionLacked } from './errors';

/** The fields we use of GitLab's description of a token. */
export interface Token {
  readonly scopes: readonly string[];
  readonly active?: boolean;
  readonly revoked?: boolean;
  readonly expires_at?: string | null;
}

/** Notes when the token expires. Fails the stage if the token is revoked or no longer active. */
export function judgeToken(probe: Probe, { active, revoked, expires_at }: Token): void {
  // A token expires at the start of the day, UTC.
  const expiresAt = Date.parse(`${expires_at}T00:00:00Z`);
  if (!Number.isNaN(expiresAt)) noteExpiry(probe, 'The token', expiresAt);
  if (revoked) throw new ProbeFailure('credential_disabled', 'The token is revoked');
  if (active === false) throw new ProbeFailure('credential_expired', 'The token is no longer active');
}

/** For a token that GitLab does not describe: an OAuth token, or a fine-grained one that may not read itself. */
export const asUndescribed = nullIf((error) => isPermissionLacked(error) || hasStatus(error, 400));

/**
 * Project and group tokens have a bot user each. https://docs.gitlab.com/user/project/settings/project_access_tokens/
 */
export function kindOf(username: string, isBot = false): string {
  if (/^project_\d+_bot/.test(username)) return 'project_access_token';
  if (/^group_\d+_bot/.test(username)) return 'group_access_token';
  return isBot || username.startsWith('service_account_') ? 'bot' : 'user';
}
