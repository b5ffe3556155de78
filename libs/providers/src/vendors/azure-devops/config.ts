import { IsCaBundle } from '@integrations/provider-kit';
import { IsIn, Matches, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/**
 * Who the credential belongs to: the owner of a personal access token, or a service principal of Microsoft Entra ID.
 */
export const CREDENTIAL_KINDS = ['personal_access_token', 'service_principal'] as const;
/** 7.1: Azure DevOps Services and Server 2022.1; 7.0: Server 2022; 6.0: Server 2020. */
export const API_VERSIONS = ['7.1', '7.0', '6.0'] as const;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const OF_PRINCIPAL = ValidateIf(
  ({ credentialKind }: AzureDevOpsConfig, value) => credentialKind === 'service_principal' || value !== undefined,
);

/** How we authenticate, and which version of the API the server has. */
export class AzureDevOpsConfig {
  @JSONSchema({
    description:
      'The kind of credential behind authRef: a personal access token, or the client secret of a service principal. Azure DevOps Server does not support service principals.',
  })
  @IsIn(CREDENTIAL_KINDS)
  credentialKind: (typeof CREDENTIAL_KINDS)[number] = 'personal_access_token';

  @JSONSchema({ description: 'The id of the Entra tenant of the service principal. Only for a service principal.' })
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
