import { IsIn, IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** What the secret behind `authRef` is. */
export const SECRET_KINDS = ['access_key', 'web_identity_token'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

export const REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** Who asks at AWS. */
export class AwsCredentialConfig {
  @JSONSchema({
    description:
      'What the secret is: access_key, JSON with accessKeyId, secretAccessKey and, of a temporary key, sessionToken; or web_identity_token, an OIDC token such as that of a service account of EKS, which AWS takes in exchange for the role.',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'access_key';

  @JSONSchema({ description: 'The ARN of the role to take on; a web_identity_token needs one.' })
  @ValidateIf(
    ({ secretKind, roleArn }: AwsCredentialConfig) => secretKind === 'web_identity_token' || roleArn !== undefined,
  )
  @IsString()
  @Matches(/^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, { message: 'must be the ARN of a role' })
  roleArn?: string;

  @JSONSchema({ description: 'What the trust policy of the role wants to hear beside, where it asks for it.' })
  @IsOptional()
  @IsString()
  @Matches(/^[\w+=,.@:/-]+$/, { message: 'must be an external id' })
  @Length(2, 1224)
  externalId?: string;
}
