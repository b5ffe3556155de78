import { type IntegrationConfig, IsCanary } from '@integrations/provider-kit';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Who asks: an application of Microsoft Entra ID by its secret or as a workload identity, or a name with a password. */
export const SECRET_KINDS = ['client_secret', 'federated_token', 'password'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const OF_APPLICATION = ValidateIf(
  ({ secretKind }: AcrConfig, value) => secretKind !== 'password' || value !== undefined,
);
const OF_PASSWORD = ValidateIf(({ secretKind }: AcrConfig, value) => secretKind === 'password' || value !== undefined);

/** Who asks an Azure Container Registry, and how that is proven. */
export class AcrConfig {
  @JSONSchema({
    description:
      'What authRef leads to: client_secret, of an application in Entra ID; federated_token, of a workload identity, which is read anew when it expires, as from the file store; password, of the admin user or a repository-scoped token.',
  })
  @IsIn(SECRET_KINDS)
  secretKind: SecretKind = 'client_secret';

  @JSONSchema({ description: 'The Entra tenant of the application, by its id. Not for a password.' })
  @OF_APPLICATION
  @Matches(GUID, { message: 'must be the id of a directory (tenant)' })
  entraTenantId?: string;

  @JSONSchema({ description: 'The application (client) id, or that of a managed identity. Not for a password.' })
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
  @Matches(/^https?:\/\/[^/@?#\s]{1,255}$/, { message: 'must be https://host or https://host:port' })
  authority?: string;

  @IsCanary('team/app:stable')
  canary?: string;
}

export type AcrIntegration = IntegrationConfig<AcrConfig>;
