import {
  CAPABILITIES,
  type Capability,
  INTEGRATION_TYPES,
  type IntegrationType,
  type ProviderDescriptor,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

type Credential = ProviderDescriptor['credential'];

class CredentialResponse implements Credential {
  @ApiProperty()
  readonly required: boolean;

  @ApiProperty({ example: 'The private key of the app, in PEM form' })
  readonly description: string;
}

export class ProviderResponse implements ProviderDescriptor {
  @ApiProperty({ example: 'github_app' })
  readonly provider: string;

  @ApiProperty({ enum: INTEGRATION_TYPES, enumName: 'IntegrationType' })
  readonly type: IntegrationType;

  @ApiProperty({ example: 'GitHub App' })
  readonly displayName: string;

  @ApiProperty({ enum: CAPABILITIES, enumName: 'Capability', isArray: true })
  readonly capabilities: readonly Capability[];

  @ApiProperty({ type: [String], example: ['pull_requests: write'] })
  readonly requiredScopes: readonly string[];

  @ApiProperty({ type: String, nullable: true, example: 'https://api.github.com' })
  readonly defaultEndpoint: string | null;

  @ApiProperty({ type: CredentialResponse })
  readonly credential: CredentialResponse;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly configSchema: Record<string, unknown>;

  @ApiProperty()
  readonly available: boolean;

  @ApiProperty({ type: String, nullable: true })
  readonly unavailableReason: string | null;
}

export class ProviderListResponse {
  @ApiProperty({ type: [ProviderResponse] })
  readonly items: readonly ProviderResponse[];
}
