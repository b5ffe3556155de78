import { IsCaBundle } from '@integrations/provider-kit';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { TOKEN_HEADERS, type TokenHeader } from '../vendors/gitlab/transport';

/** The kind of token that posts, and how fast it may post. */
export class GitLabConfig {
  @JSONSchema({
    description:
      'The header that carries the token: PRIVATE-TOKEN for personal, project and group access tokens, Authorization for the same and OAuth tokens as bearer, JOB-TOKEN for a CI job token, which can read merge requests but post nothing.',
  })
  @IsIn(TOKEN_HEADERS)
  tokenHeader: TokenHeader = 'PRIVATE-TOKEN';

  @JSONSchema({
    description:
      "How many comments the token's user may make in a minute, as the instance's administrator has set it. Absent: 60 at gitlab.com, 300 elsewhere, which are GitLab's own defaults.",
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  notesPerMinute?: number;

  @IsCaBundle('a self-managed GitLab')
  caBundle?: string;
}
