import { type IntegrationConfig, IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** What the secret behind `authRef` is. */
const SECRET_KINDS = ['service_account_key', 'federated_token', 'access_token'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** The repositories of Artifact Registry to read, and how to authenticate. */
export class GcrConfig {
  @JSONSchema({
    description:
      'The kind of secret: service_account_key, the JSON of a key; federated_token, an OIDC token of a workload, which Google exchanges for its own and which is read again when it expires, for example from the file store; or access_token, a token of Google, such as that of the platform itself (authref://ambient/gcp).',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'service_account_key';

  @JSONSchema({ description: 'The id of the Google Cloud project, such as acme-prod or example.com:acme.' })
  @Matches(/^(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, { message: 'must be the id of a project' })
  project: string;

  @JSONSchema({
    description:
      'The repository of Artifact Registry. Absent: all repositories of the project at that location; at a gcr.io host, its only repository.',
  })
  @IsOptional()
  @Matches(/^[a-z](?:[a-z0-9.-]{0,61}[a-z0-9])?$/, { message: 'must be the name of a repository' })
  repository?: string;

  @JSONSchema({
    description:
      'The location of the repository, such as europe-west1. Needed only if the endpoint does not contain it.',
  })
  @IsOptional()
  @Matches(/^[a-z]+(?:-[a-z]+\d+)?$/, { message: 'must be a location, such as europe-west1 or us' })
  location?: string;

  @JSONSchema({
    description:
      'The provider that issued the token: //iam.googleapis.com/projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>. Only for a federated_token.',
  })
  @ValidateIf(({ secretKind }: GcrConfig, value) => secretKind === 'federated_token' || value !== undefined)
  @Matches(
    /^\/\/iam\.googleapis\.com\/projects\/\d{1,20}\/locations\/global\/workloadIdentityPools\/[a-z0-9-]{4,32}\/providers\/[a-z0-9-]{4,32}$/,
    {
      message: 'must be the full name of a provider of a workload identity pool',
    },
  )
  audience?: string;

  @JSONSchema({
    description:
      'The e-mail address of the service account to impersonate with a federated_token or an access_token. Absent: none is impersonated.',
  })
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}$/, { message: 'must be the e-mail address of a service account' })
  serviceAccount?: string;

  @JSONSchema({
    description:
      'The address of all Google APIs, as https://host[:port], instead of their public addresses; for example, a gateway of your own. The credential is sent there.',
  })
  @IsOptional()
  @IsOrigin()
  googleApis?: string;

  @IsCanary(
    'acme-prod/images/app:stable',
    'An image that always exists, without the host, such as acme-prod/images/app:stable. Tests and health checks verify that it can be pulled.',
  )
  canary?: string;

  @IsCaBundle("a proxy or a gateway of your own in front of the registry and Google's APIs")
  caBundle?: string;
}

export type GcrIntegration = IntegrationConfig<GcrConfig>;
