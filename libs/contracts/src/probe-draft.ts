import { IsObject, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { IsEndpoint, MAX_ENDPOINT } from './endpoint';
import { PROVIDER_MESSAGE, PROVIDER_PATTERN } from './vocabulary';

/**
 * `integrations.v1.rpc.probe.draft`: test settings that are not registered. Nothing is stored. With `integrationId`,
 * the credential, the address and the CA bundle come from that integration and must not be given here. This keeps a
 * caller from sending a stored credential to an address of their choice.
 */
export class ProbeDraftRequest {
  /** The registered integration whose credential, address and CA bundle to use. */
  @IsOptional()
  @IsUUID()
  integrationId?: string;

  /** Name of the provider, such as `github_app`. */
  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider: string;

  /** Defaults to the provider's public endpoint. */
  @IsOptional()
  @IsEndpoint()
  @MaxLength(MAX_ENDPOINT)
  endpoint?: string;

  /** Where the credential is kept: `authref://<store>/<path>[#<key>]`. */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  authRef?: string;

  /** The provider's own settings, which match the JSON Schema `configSchema` of the provider. */
  @IsOptional()
  @IsObject()
  config: Record<string, unknown> = {};

  /** On whose behalf the calling service asks, unverified. Recorded as the actor in the audit trail. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  requestedBy?: string;
}
