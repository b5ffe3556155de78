import type { IntegrationConfig } from '@integrations/provider-kit';
import type { TokenConfig } from '../vendors/gitlab/client';
import type { GitLabCiConfig } from './config';

/** As bearer tokens, GitLab accepts both access tokens and OAuth tokens. */
export function withBearer(integration: IntegrationConfig<GitLabCiConfig>): IntegrationConfig<TokenConfig> {
  return { ...integration, config: { tokenHeader: 'Authorization' } };
}
