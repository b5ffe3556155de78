import { IsCaBundle, IsCanary, IsUserName } from '@integrations/provider-kit';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The GitLab instance of a registry, and the group or project whose images are listed. */
export class GitLabRegistryConfig {
  @JSONSchema({
    description: 'The full path of the group or project whose images are listed, such as acme or acme/app.',
  })
  @IsString()
  @Matches(/^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/, {
    message: 'must be the path of a group or project, such as acme/app',
  })
  @MaxLength(1_000)
  path: string;

  @JSONSchema({
    description:
      "GitLab's web address, such as https://gitlab.example.com, which issues the registry's tokens and lists its images. Absent: https://gitlab.com for registry.gitlab.com, otherwise the endpoint's own host.",
  })
  @IsOptional()
  @Matches(/^https?:\/\/[^/@?#\s]{1,255}(?:\/[^@?#\s]{1,255})?$/, {
    message: 'must be a web address without a query, such as https://gitlab.example.com',
  })
  gitlabUrl?: string;

  @JSONSchema({ description: 'The name of a deploy token. Other tokens are accepted with any name.' })
  @IsUserName()
  username: string = 'integrations';

  @IsCanary('acme/app:stable')
  canary?: string;

  @IsCaBundle('a self-managed GitLab')
  caBundle?: string;
}
