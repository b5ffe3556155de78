import { IsCaBundle, IsCanary, IsOrigin, IsUserName } from '@integrations/provider-kit';
import { IsIn, IsOptional } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** What the secret behind `authRef` is. */
const SECRET_KINDS = ['password', 'identity_token', 'bearer_token'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** How to authenticate at a registry that speaks the OCI distribution protocol. */
export class OciConfig {
  @JSONSchema({
    description:
      'The kind of secret: password, of a user; identity_token, which the token server exchanges for access tokens; bearer_token, which is sent to the registry unchanged.',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'password';

  @JSONSchema({
    description: 'The name of the user whose password is behind authRef. Absent: the secret is user:password.',
  })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description:
      'The token server, as https://host[:port], if it is not at the registry. The credential is sent there if the registry asks for it, and nowhere else.',
  })
  @IsOptional()
  @IsOrigin()
  tokenServer?: string;

  @IsCanary(
    'team/app:stable',
    'An image that always exists, such as team/app:stable. Tests and health checks verify that it can be pulled, because a registry that has lost its storage still answers everything else.',
  )
  canary?: string;

  @IsCaBundle('a private registry')
  caBundle?: string;
}
