import { IsCaBundle } from '@integrations/provider-kit';

/** Everything else follows from the token and the endpoint. */
export class GitLabCiConfig {
  @IsCaBundle('a self-managed GitLab')
  caBundle?: string;
}
