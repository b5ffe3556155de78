import { IsCaBundle, IsCanary } from '@integrations/provider-kit';
import { IsIn, IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** What the secret behind `authRef` is. */
export const SECRET_KINDS = ['access_key', 'web_identity_token'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

const ORIGIN = /^https?:\/\/[^/@?#\s]{1,255}$/;
const ORIGIN_MESSAGE = { message: 'must be https://host or https://host:port' };

/** Who asks at AWS, and what of ECR is not told by the endpoint. */
export class EcrConfig {
  @JSONSchema({
    description:
      'What the secret is: access_key, JSON with accessKeyId, secretAccessKey and, of a temporary key, sessionToken; or web_identity_token, an OIDC token such as that of a service account of EKS, which AWS takes in exchange for the role.',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'access_key';

  @JSONSchema({ description: 'The ARN of the role to take on; a web_identity_token needs one.' })
  @ValidateIf(({ secretKind, roleArn }: EcrConfig) => secretKind === 'web_identity_token' || roleArn !== undefined)
  @IsString()
  @Matches(/^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, { message: 'must be the ARN of a role' })
  roleArn?: string;

  @JSONSchema({ description: 'What the trust policy of the role wants to hear beside, where it asks for it.' })
  @IsOptional()
  @IsString()
  @Matches(/^[\w+=,.@:/-]+$/, { message: 'must be an external id' })
  @Length(2, 1224)
  externalId?: string;

  @JSONSchema({ description: "The region; needed only where the endpoint is not one of ECR's own names." })
  @IsOptional()
  @Matches(/^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/, { message: 'must be a region, such as eu-central-1' })
  region?: string;

  @JSONSchema({
    description:
      "Where the API of ECR is, as https://host[:port]: that of a VPC endpoint, for one. Absent: where AWS has it in the region of the registry; of an endpoint that is not one of ECR's own names, at the same place.",
  })
  @IsOptional()
  @Matches(ORIGIN, ORIGIN_MESSAGE)
  apiEndpoint?: string;

  @JSONSchema({
    description: 'Where STS is, which tells whose the credential is and gives out roles; the same way as apiEndpoint.',
  })
  @IsOptional()
  @Matches(ORIGIN, ORIGIN_MESSAGE)
  stsEndpoint?: string;

  @IsCanary(
    'team/app:stable',
    'An image that is always there, as team/app:stable: a test proves that it may be pulled, and health checks look at it.',
  )
  canary?: string;

  @IsCaBundle('a proxy or a VPC endpoint of your own')
  caBundle?: string;
}
