import type { IntegrationConfig } from '@integrations/provider-kit';
import type { TokenConfig } from '../vendors/gitlab/client';
import type { GitLabCiConfig } from './config';

/** As bearer, GitLab takes access tokens as well as those of OAuth. */
export function withBearer(integration: IntegrationConfig<GitLabCiConfig>): IntegrationConfig<TokenConfig> {
  return { ...integration, config: { tokenHeader: 'Authorization' } };
}
