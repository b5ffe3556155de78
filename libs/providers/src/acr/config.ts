import { type IntegrationConfig, IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The kinds of secret that authRef may lead to. */
const SECRET_KINDS = ['client_secret', 'client_certificate', 'federated_token', 'access_token', 'password'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** The kinds with which an application requests a token from Microsoft Entra ID. */
const OF_ENTRA: readonly SecretKind[] = ['client_secret', 'client_certificate', 'federated_token'];

export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const OF_APPLICATION = ValidateIf((config: AcrConfig, value) => asksEntra(config) || value !== undefined);
const OF_PASSWORD = ValidateIf(({ secretKind }: AcrConfig, value) => secretKind === 'password' || value !== undefined);

/** How to authenticate at an Azure Container Registry. */
export class AcrConfig {
  @JSONSchema({
    description:
      "The kind of credential behind authRef: client_secret, of an application in Entra ID; client_certificate, an application's certificate in PEM with its key; federated_token, of a workload identity, which is read again when it expires, for example from the file store; access_token, of Entra ID for container registries, such as that of the platform itself (authref://ambient/azure); password, of the admin user or a repository-scoped token.",
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'client_secret';

  @JSONSchema({ description: "The id of the application's Entra tenant. Only for the secrets of an application." })
  @OF_APPLICATION
  @Matches(GUID, { message: 'must be the id of a directory (tenant)' })
  entraTenantId?: string;

  @JSONSchema({
    description: 'The id of the application (client) or managed identity. Only for the secrets of an application.',
  })
  @OF_APPLICATION
  @Matches(GUID, { message: 'must be the id of an application (client)' })
  clientId?: string;

  @JSONSchema({ description: 'The admin user, or the name of the repository-scoped token. Only for a password.' })
  @OF_PASSWORD
  @Matches(/^[^:\u0000-\u001f\u007f]{1,255}$/, { message: 'must be a name without colons and control characters' })
  username?: string;

  @JSONSchema({
    description:
      "Entra ID, as https://host[:port]. Needed only if the registry's name does not show its cloud: public Azure, China (azurecr.cn) or US government (azurecr.us). The credential is sent there.",
  })
  @IsOptional()
  @IsOrigin()
  authority?: string;

  @JSONSchema({
    description:
      "The registry's login server, such as https://acme.azurecr.io, if the endpoint is a domain of your own. The credential is sent there.",
  })
  @IsOptional()
  @IsOrigin()
  loginServer?: string;

  @IsCanary('team/app:stable')
  canary?: string;

  @IsCaBundle('a proxy of your own in front of the registry and Entra ID')
  caBundle?: string;
}

/** True if the secret is sent to Entra ID in exchange for a token. */
export function asksEntra({ secretKind }: AcrConfig): boolean {
  return OF_ENTRA.includes(secretKind);
}

export type AcrIntegration = IntegrationConfig<AcrConfig>;
