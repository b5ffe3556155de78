import { IsCaBundle } from '@integrations/provider-kit';
import { IsIn, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Who asks: the owner of a personal access token, or a service principal of Microsoft Entra ID. */
export const CREDENTIAL_KINDS = ['personal_access_token', 'service_principal'] as const;
/** Those of Azure DevOps Services and Server 2022.1, of Server 2022, and of Server 2020. */
export const API_VERSIONS = ['7.1', '7.0', '6.0'] as const;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const OF_PRINCIPAL = ValidateIf(
  ({ credentialKind }: AzureDevOpsConfig, value) => credentialKind === 'service_principal' || value !== undefined,
);

/** What kind of credential asks, and how the server is spoken to. */
export class AzureDevOpsConfig {
  @JSONSchema({
    description:
      'What authRef leads to: a personal access token, or the client secret of a service principal, which Azure DevOps Services knows, not Azure DevOps Server.',
  })
  @IsIn(CREDENTIAL_KINDS)
  credentialKind: (typeof CREDENTIAL_KINDS)[number] = 'personal_access_token';

  @JSONSchema({ description: 'The Entra tenant of the service principal, by its id. Only for a service principal.' })
  @OF_PRINCIPAL
  @Matches(GUID, { message: 'must be the id of a directory (tenant)' })
  entraTenantId?: string;

  @JSONSchema({ description: 'The application (client) id of the service principal. Only for a service principal.' })
  @OF_PRINCIPAL
  @Matches(GUID, { message: 'must be the id of an application (client)' })
  clientId?: string;

  @JSONSchema({
    description:
      'The version of the REST API: 7.1 at Azure DevOps Services and Server 2022.1 and later, 7.0 at Server 2022, 6.0 at Server 2020.',
  })
  @IsIn(API_VERSIONS)
  apiVersion: (typeof API_VERSIONS)[number] = '7.1';

  @IsCaBundle('an Azure DevOps Server')
  caBundle?: string;
}
