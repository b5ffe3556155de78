import { IsCaBundle } from '@integrations/provider-kit';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { IsAppId } from '../vendors/github/config-fields';

/** Which GitHub App posts, and through which of its installations. */
export class GitHubAppConfig {
  @IsAppId()
  appId: string;

  @JSONSchema({ description: 'The installation to post through; absent, it is found by owner and repository.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  installationId?: number;

  @JSONSchema({
    description:
      'The rate limits to keep to: those of github.com, or none. Absent: those of github.com at hosts of GitHub, none at a GitHub Enterprise Server, where they are off unless its administrator turned them on.',
  })
  @IsOptional()
  @IsIn(['github.com', 'none'])
  rateLimits?: 'github.com' | 'none';

  @IsCaBundle('a GitHub Enterprise Server')
  caBundle?: string;
}
