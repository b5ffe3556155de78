import { IsCaBundle, IsCanary, IsUserName } from '@integrations/provider-kit';
import { IsOptional, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The account at Harbor, and the project to list. */
export class HarborConfig {
  @JSONSchema({
    description:
      'The user, or the full name of the robot account, such as robot$acme+reader. Absent: the secret is name:password.',
  })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description: 'The project whose repositories are listed. Absent: all projects that the credential may see.',
  })
  @IsOptional()
  @Matches(/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/, { message: 'must be the name of a Harbor project' })
  @MaxLength(255)
  project?: string;

  @IsCanary('acme/app:stable')
  canary?: string;

  @IsCaBundle('a private Harbor')
  caBundle?: string;
}
