import { type IntegrationConfig, IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** How it is proven who asks. */
export const SECRET_KINDS = [
  'client_secret',
  'client_certificate',
  'federated_token',
  'access_token',
  'password',
] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** Those of an application of Microsoft Entra ID, which is asked for a token. */
const OF_ENTRA: readonly SecretKind[] = ['client_secret', 'client_certificate', 'federated_token'];

export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const OF_APPLICATION = ValidateIf((config: AcrConfig, value) => asksEntra(config) || value !== undefined);
const OF_PASSWORD = ValidateIf(({ secretKind }: AcrConfig, value) => secretKind === 'password' || value !== undefined);

/** Who asks an Azure Container Registry, and how that is proven. */
export class AcrConfig {
  @JSONSchema({
    description:
      'What authRef leads to: client_secret, of an application in Entra ID; client_certificate, of one, in PEM with its key; federated_token, of a workload identity, which is read anew when it expires, as from the file store; access_token, of Entra ID for container registries, such as that of the platform itself (authref://ambient/azure); password, of the admin user or a repository-scoped token.',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'client_secret';

  @JSONSchema({ description: 'The Entra tenant of the application, by its id. Only for what is of an application.' })
  @OF_APPLICATION
  @Matches(GUID, { message: 'must be the id of a directory (tenant)' })
  entraTenantId?: string;

  @JSONSchema({
    description: 'The application (client) id, or that of a managed identity. Only for what is of an application.',
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
      'Entra ID, as https://host[:port], where the name of the registry does not tell: that of Azure in public, in China (azurecr.cn) or for the US government (azurecr.us). The credential is sent there.',
  })
  @IsOptional()
  @IsOrigin()
  authority?: string;

  @JSONSchema({
    description:
      "The registry's login server, as https://acme.azurecr.io, where the endpoint is a domain of your own. The credential is sent there.",
  })
  @IsOptional()
  @IsOrigin()
  loginServer?: string;

  @IsCanary('team/app:stable')
  canary?: string;

  @IsCaBundle('a proxy of your own, which stands before Entra ID as well')
  caBundle?: string;
}

/** Whether the secret is taken to Entra ID. */
export function asksEntra({ secretKind }: AcrConfig): boolean {
  return OF_ENTRA.includes(secretKind);
}

export type AcrIntegration = IntegrationConfig<AcrConfig>;
