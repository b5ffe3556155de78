import { IsObject, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { IsEndpoint, MAX_ENDPOINT } from './endpoint';
import { PROVIDER_MESSAGE, PROVIDER_PATTERN } from './vocabulary';

/**
 * `integrations.v1.rpc.probe.draft`: test what is not registered, or not so. Nothing is stored. With `integrationId` the
 * credential, the address and the CA bundle are those of that integration and must not be given here, so that a stored
 * credential never goes where the one who asks likes.
 */
export class ProbeDraftRequest {
  @IsOptional()
  @IsUUID()
  integrationId?: string;

  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider: string;

  /** The provider's public one if absent. */
  @IsOptional()
  @IsEndpoint()
  @MaxLength(MAX_ENDPOINT)
  endpoint?: string;

  @IsOptional()
  @IsString()
  @MaxLength(512)
  authRef?: string;

  @IsOptional()
  @IsObject()
  config: Record<string, unknown> = {};

  /** For whom the asking service asks, by its word: the actor in the audit trail. As long as the subject of a token. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  requestedBy?: string;
}
