import { type IntegrationConfig, IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** What the secret behind `authRef` is. */
export const SECRET_KINDS = ['service_account_key', 'federated_token', 'access_token'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** Which repositories of Artifact Registry are looked at, and who asks. */
export class GcrConfig {
  @JSONSchema({
    description:
      'What the secret is: service_account_key, the JSON of a key; federated_token, an OIDC token of a workload, which Google takes in exchange for its own and which is read anew when it expires, as from the file store; or access_token, one of Google, such as that of the platform itself (authref://ambient/gcp).',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'service_account_key';

  @JSONSchema({ description: 'The id of the Google Cloud project, such as acme-prod or example.com:acme.' })
  @Matches(/^(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, { message: 'must be the id of a project' })
  project: string;

  @JSONSchema({
    description:
      'The repository of Artifact Registry. Absent: all of the project at that location; of gcr.io, which has one, that.',
  })
  @IsOptional()
  @Matches(/^[a-z](?:[a-z0-9.-]{0,61}[a-z0-9])?$/, { message: 'must be the name of a repository' })
  repository?: string;

  @JSONSchema({
    description: 'Where the repository is, such as europe-west1; needed only where the endpoint does not tell.',
  })
  @IsOptional()
  @Matches(/^[a-z]+(?:-[a-z]+\d+)?$/, { message: 'must be a location, such as europe-west1 or us' })
  location?: string;

  @JSONSchema({
    description:
      'The provider that the token is of: //iam.googleapis.com/projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>. Only for a federated_token.',
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
      'The service account that a workload, or whoever has the access token, acts as, by its e-mail address. Absent: as itself.',
  })
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}$/, { message: 'must be the e-mail address of a service account' })
  serviceAccount?: string;

  @JSONSchema({
    description:
      'Where all APIs of Google are called, as https://host[:port], in place of their public addresses: a gateway of your own, for one. The credential is sent there.',
  })
  @IsOptional()
  @IsOrigin()
  googleApis?: string;

  @IsCanary(
    'acme-prod/images/app:stable',
    'An image that is always there, without the host, as acme-prod/images/app:stable: tests and health checks look whether it may be pulled.',
  )
  canary?: string;

  @IsCaBundle('a proxy or a gateway of your own, which stands before the APIs of Google as well')
  caBundle?: string;
}

export type GcrIntegration = IntegrationConfig<GcrConfig>;
