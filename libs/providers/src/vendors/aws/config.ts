import { IsIn, IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The kinds of secret that `authRef` may refer to. */
const SECRET_KINDS = ['access_key', 'web_identity_token'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

export const REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** How we authenticate at AWS. */
export class AwsCredentialConfig {
  @JSONSchema({
    description:
      'The kind of the secret: access_key, JSON with accessKeyId, secretAccessKey and, for a temporary key, sessionToken; or web_identity_token, an OIDC token, such as that of an EKS service account, which is exchanged for the role.',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'access_key';

  @JSONSchema({ description: 'The ARN of the role to assume. Required for a web_identity_token.' })
  @ValidateIf(
    ({ secretKind, roleArn }: AwsCredentialConfig) => secretKind === 'web_identity_token' || roleArn !== undefined,
  )
  @IsString()
  @Matches(/^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, { message: 'must be the ARN of a role' })
  roleArn?: string;

  @JSONSchema({ description: 'The external id that the trust policy of the role requires, if it requires one.' })
  @IsOptional()
  @IsString()
  @Matches(/^[\w+=,.@:/-]+$/, { message: 'must be an external id' })
  @Length(2, 1224)
  externalId?: string;
}
