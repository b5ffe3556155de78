import { IsCaBundle } from '@integrations/provider-kit';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Who asks Jenkins. */
export class JenkinsConfig {
  @JSONSchema({
    description: 'The user whose API token or password the secret is. Absent: the secret is name:token.',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[^:\u0000-\u001f\u007f]+$/, { message: 'must be a name without colons and control characters' })
  @Length(1, 255)
  username?: string;

  @IsCaBundle('a private Jenkins')
  caBundle?: string;
}
