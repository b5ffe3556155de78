import { IsCaBundle, IsCanary, IsUserName } from '@integrations/provider-kit';
import { IsOptional, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Who asks Quay, and about what. */
export class QuayConfig {
  @JSONSchema({
    description:
      'The robot account with its namespace, such as acme+reader; $oauthtoken where the secret is an OAuth access token, $app where it is an application token; or a user. Absent: the secret is name:password.',
  })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description:
      "The organization or user whose repositories are listed, where username is $oauthtoken: Quay's API takes no other. Absent: all that the credential may see, by the catalog.",
  })
  @IsOptional()
  @Matches(/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/, { message: 'must be the name of a Quay organization or user' })
  @MaxLength(255)
  namespace?: string;

  @IsCanary('acme/app:stable')
  canary?: string;

  @IsCaBundle('a private Quay')
  caBundle?: string;
}
