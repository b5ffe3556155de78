import { IsCaBundle, IsUserName } from '@integrations/provider-kit';
import { IsOptional } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The account at Jenkins. */
export class JenkinsConfig {
  @JSONSchema({
    description:
      'The name of the user whose API token or password is behind authRef. Absent: the secret is name:token.',
  })
  @IsOptional()
  @IsUserName()
  username?: string;

  @IsCaBundle('a private Jenkins')
  caBundle?: string;
}
