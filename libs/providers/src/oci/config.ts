import { IsCaBundle, IsCanary, IsOrigin, IsUserName } from '@integrations/provider-kit';
import { IsIn, IsOptional } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** What the secret behind `authRef` is. */
export const SECRET_KINDS = ['password', 'identity_token', 'bearer_token'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** How a registry is talked to that speaks the OCI distribution protocol. */
export class OciConfig {
  @JSONSchema({
    description:
      'What the secret is: password, of a user; identity_token, which the token server takes in exchange for others; bearer_token, sent to the registry as it is.',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'password';

  @JSONSchema({ description: 'The user whose password the secret is. Absent: the secret is user:password.' })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description:
      'The token server, as https://host[:port], where it is not at the registry. The credential is sent there if the registry asks for it, and to no other place.',
  })
  @IsOptional()
  @IsOrigin()
  tokenServer?: string;

  @IsCanary(
    'team/app:stable',
    'An image that is always there, as team/app:stable: a test proves that it may be pulled, and health checks look at it, since a registry without its storage still answers everything else.',
  )
  canary?: string;

  @IsCaBundle('a private registry')
  caBundle?: string;
}
