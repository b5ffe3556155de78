import { IsCaBundle } from '@integrations/provider-kit';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { IsAppId } from '../vendors/github/config-fields';

/** The GitHub App, and the installation that it posts through. */
export class GitHubAppConfig {
  @IsAppId()
  appId: string;

  @JSONSchema({ description: 'The installation to post through. Absent: it is looked up by owner and repository.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  installationId?: number;

  @JSONSchema({
    description:
      'The rate limits to respect: those of github.com, or none. Absent: those of github.com for hosts of GitHub, and none for a GitHub Enterprise Server, whose rate limits are off by default.',
  })
  @IsOptional()
  @IsIn(['github.com', 'none'])
  rateLimits?: 'github.com' | 'none';

  @IsCaBundle('a GitHub Enterprise Server')
  caBundle?: string;
}
