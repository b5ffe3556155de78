import { IsCaBundle } from '@integrations/provider-kit';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

const APP_ID = /^([1-9][0-9]{0,15}|Iv[0-9A-Za-z.]{4,60})$/;

/** Which GitHub App posts, and through which of its installations. */
export class GitHubAppConfig {
  @JSONSchema({ description: "The app's id (a number) or client id (Iv…), as its settings page shows it." })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value))
  @Matches(APP_ID, { message: 'must be the app id (a whole number) or the client id (Iv…) of a GitHub App' })
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
