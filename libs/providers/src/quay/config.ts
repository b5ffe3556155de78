import { IMAGE_PATTERN } from '@integrations/provider-kit';
import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Who asks Quay, and about what. */
export class QuayConfig {
  @JSONSchema({
    description:
      'The robot account with its namespace, such as acme+reader; $oauthtoken where the secret is an OAuth access token, $app where it is an application token; or a user. Absent: the secret is name:password.',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[^:\u0000-\u001f\u007f]+$/, { message: 'must be a name without colons and control characters' })
  @Length(1, 255)
  username?: string;

  @JSONSchema({
    description:
      "The organization or user whose repositories are listed, where username is $oauthtoken: Quay's API takes no other. Absent: all that the credential may see, by the catalog.",
  })
  @IsOptional()
  @Matches(/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/, { message: 'must be the name of a Quay organization or user' })
  @MaxLength(255)
  namespace?: string;

  @JSONSchema({
    description:
      'An image that is always there, as acme/app:stable: tests and health checks look whether it may be pulled.',
  })
  @IsOptional()
  @Matches(IMAGE_PATTERN, { message: 'must be a repository and a tag without the host, such as acme/app:stable' })
  @MaxLength(400)
  canary?: string;

  @JSONSchema({ description: 'PEM certificates of the authority behind a private Quay.' })
  @IsOptional()
  @Matches(/-----BEGIN CERTIFICATE-----/, { message: 'must be PEM certificates' })
  @MaxLength(100_000)
  caBundle?: string;
}
