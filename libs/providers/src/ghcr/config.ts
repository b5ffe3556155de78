import { IMAGE_PATTERN } from '@integrations/provider-kit';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Whose packages are looked at. */
export class GhcrConfig {
  @JSONSchema({ description: 'The organization or user whose images are listed.' })
  @IsString()
  @Matches(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, { message: 'must be the name of a GitHub organization or user' })
  owner: string;

  @JSONSchema({
    description:
      'An image that is always there, as acme/app:stable: tests and health checks look whether it may be pulled.',
  })
  @IsOptional()
  @Matches(IMAGE_PATTERN, { message: 'must be a repository and a tag without the host, such as acme/app:stable' })
  @MaxLength(400)
  canary?: string;

  @JSONSchema({ description: 'PEM certificates of the authority behind a GitHub Enterprise Server.' })
  @IsOptional()
  @Matches(/-----BEGIN CERTIFICATE-----/, { message: 'must be PEM certificates' })
  @MaxLength(100_000)
  caBundle?: string;
}
