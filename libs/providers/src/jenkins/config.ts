import { IsCaBundle, IsUserName } from '@integrations/provider-kit';
import { IsOptional } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The account at Jenkins. */
export class JenkinsConfig {
  @JSONSchema({
    description: 'The user whose API token or password the secret is. Absent: the secret is name:token.',
  })
  @IsOptional()
  @IsUserName()
  username?: string;

  @IsCaBundle('a private Jenkins')
  caBundle?: string;
}
