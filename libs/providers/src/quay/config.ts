import { IsCaBundle, IsCanary, IsUserName } from '@integrations/provider-kit';
import { IsOptional, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The account at Quay, and the repositories to list. */
export class QuayConfig {
  @JSONSchema({
    description:
      'The robot account with its namespace, such as acme+reader; $oauthtoken if the secret is an OAuth access token, $app if it is an application token; or a user. Absent: the secret is name:password.',
  })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description:
      "The organization or user whose repositories are listed. Only used if username is $oauthtoken, because Quay's API accepts nothing else. Absent: all repositories that the catalog shows to the credential.",
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
