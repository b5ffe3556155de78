import { IsCaBundle } from '@integrations/provider-kit';

/** The token and the endpoint say all the rest. */
export class GitLabCiConfig {
  @IsCaBundle('a self-managed GitLab')
  caBundle?: string;
}
