import { IMAGE_PATTERN } from '@integrations/provider-kit';
import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Who asks Harbor, and about what. */
export class HarborConfig {
  @JSONSchema({
    description:
      'The user, or the whole name of the robot account, such as robot$acme+reader. Absent: the secret is name:password.',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[^:\u0000-\u001f\u007f]+$/, { message: 'must be a name without colons and control characters' })
  @Length(1, 255)
  username?: string;

  @JSONSchema({ description: 'The project whose repositories are listed; absent: all that the credential may see.' })
  @IsOptional()
  @Matches(/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/, { message: 'must be the name of a Harbor project' })
  @MaxLength(255)
  project?: string;

  @JSONSchema({
    description:
      'An image that is always there, as acme/app:stable: tests and health checks look whether it may be pulled.',
  })
  @IsOptional()
  @Matches(IMAGE_PATTERN, { message: 'must be a repository and a tag without the host, such as acme/app:stable' })
  @MaxLength(400)
  canary?: string;

  @JSONSchema({ description: 'PEM certificates of the authority behind a private Harbor.' })
  @IsOptional()
  @Matches(/-----BEGIN CERTIFICATE-----/, { message: 'must be PEM certificates' })
  @MaxLength(100_000)
  caBundle?: string;
}
