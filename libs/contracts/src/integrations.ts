import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { IsEndpoint, MAX_ENDPOINT } from './endpoint';
import { type Maintenance, MaintenanceRequest } from './maintenance';
import type { ProbeCode } from './probe';
import { HasNoRepeats, IsNested } from './rules';
import {
  type Capability,
  HEALTH_STATUSES,
  type HealthStatus,
  INTEGRATION_TYPES,
  type IntegrationType,
  POSTING_MODES,
  type PostingMode,
  PROVIDER_MESSAGE,
  PROVIDER_PATTERN,
} from './vocabulary';

const NAME_PATTERN = /^[\p{L}\p{N}][\p{L}\p{N} ._()/-]{0,99}$/u;
const NAME_MESSAGE = 'must be 1 to 100 letters, digits, spaces or ._()/- and begin with a letter or digit';
const TAG_PATTERN = /^[a-z0-9][a-z0-9:._-]{0,62}$/;
const TAG_MESSAGE = 'must be 1 to 63 lower-case letters, digits or :._-';

export class HealthCheckSettings {
  /** Seconds between periodic checks. */
  @IsOptional()
  @IsInt()
  @Min(10)
  @Max(86_400)
  intervalSeconds: number = 60;
}

/** `POST /api/v1/integrations`: register an integration. */
export class CreateIntegrationRequest {
  @IsString()
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  description?: string;

  @IsIn(INTEGRATION_TYPES)
  type: IntegrationType;

  @IsString()
  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider: string;

  /**
   * Base URL of the vendor's API; some providers also accept `unix:///<path>`. Defaults to the provider's public
   * endpoint.
   */
  @IsOptional()
  @IsEndpoint()
  @MaxLength(MAX_ENDPOINT)
  endpoint?: string;

  /** Where the credential is kept: `authref://<store>/<path>[#<key>]`. Never the credential itself. */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  authRef?: string;

  /** The provider's own settings. They must match the JSON Schema `configSchema` of the provider. */
  @IsOptional()
  @IsObject()
  config: Record<string, unknown> = {};

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @HasNoRepeats()
  @Matches(TAG_PATTERN, { each: true, message: `each ${TAG_MESSAGE}` })
  tags: string[] = [];

  @IsOptional()
  @IsBoolean()
  enabled: boolean = true;

  /** Only for `scm` integrations. `offline`: nothing is sent; operations are parked with their payloads. */
  @IsOptional()
  @IsIn(POSTING_MODES)
  posting: PostingMode = 'online';

  @IsOptional()
  @IsNested(() => HealthCheckSettings)
  healthCheck: HealthCheckSettings = new HealthCheckSettings();
}

/**
 * `PATCH /api/v1/integrations/{id}`: a JSON merge patch (RFC 7396); null removes a field. Type and provider are fixed.
 */
export class UpdateIntegrationRequest {
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  description?: string | null;

  @IsOptional()
  @IsEndpoint()
  @MaxLength(MAX_ENDPOINT)
  endpoint?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(512)
  authRef?: string | null;

  /** Merged key by key; null as the value of a key removes that key. */
  @ValidateIf((_, value) => value !== undefined)
  @IsObject()
  config?: Record<string, unknown>;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @HasNoRepeats()
  @Matches(TAG_PATTERN, { each: true, message: `each ${TAG_MESSAGE}` })
  tags?: string[] | null;

  /** Takes effect at once, also for operations that are already queued. */
  @IsOptional()
  @IsIn(POSTING_MODES)
  posting?: PostingMode | null;

  @IsOptional()
  @IsNested(() => HealthCheckSettings)
  healthCheck?: HealthCheckSettings | null;

  /** Starts a maintenance window or changes the current one; null ends it. */
  @IsOptional()
  @IsNested(() => MaintenanceRequest)
  maintenance?: MaintenanceRequest | null;
}

const MAX_PAGE = 200;

/** Selects a page of a list. */
export class PageQuery {
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = 50;

  /** The `nextCursor` of the previous page. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** `GET /api/v1/integrations` and `integrations.v1.rpc.catalog.list`: list integrations. All filters must match. */
export class ListIntegrationsQuery extends PageQuery {
  @IsOptional()
  @IsIn(INTEGRATION_TYPES)
  type?: IntegrationType;

  @IsOptional()
  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider?: string;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @Matches(TAG_PATTERN, { message: TAG_MESSAGE })
  tag?: string;

  /** Matches `health.status`, which is also `unknown` before the first check and while the last one is stale. */
  @IsOptional()
  @IsIn(HEALTH_STATUSES)
  health?: HealthStatus;

  /** Search words. Each must be the beginning of a word in the name, description, endpoint or tags. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  @Matches(/[\p{L}\p{N}]/u, { message: 'must contain a letter or a digit' })
  q?: string;

  /** True lists the integrations that were deleted but not yet purged, instead of the live ones. */
  @IsOptional()
  @IsBoolean()
  deleted: boolean = false;
}

/** `integrations.v1.rpc.catalog.get`, `…probe.test` and `…probe.health`: read, test or check one integration. */
export class IntegrationIdRequest {
  @IsUUID()
  integrationId: string;
}

/**
 * `integrations.v1.rpc.catalog.resolve`: find the enabled integration that serves a repository or an image. Give one.
 */
export class ResolveIntegrationRequest {
  /** Defaults to `scm` with `repositoryUrl`, and to `registry` with `imageRef`. */
  @IsOptional()
  @IsIn(INTEGRATION_TYPES)
  type?: IntegrationType;

  @IsOptional()
  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider?: string;

  /**
   * Any form that `git clone` takes: `https://host/owner/repo.git`, `ssh://git@host/owner/repo`, `git@host:owner/repo`.
   */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  repositoryUrl?: string;

  /** Any form that `docker pull` takes: `host/name:tag`, `host/name@sha256:…`. No host means Docker Hub. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  imageRef?: string;
}

/** The current health of an integration. Times are ISO-8601 UTC. */
export interface IntegrationHealth {
  /** Current status. `unknown` before the first check, and while `stale` whatever the last status was. */
  readonly status: HealthStatus;
  /** The last known status, even if it is stale; null before the first check. */
  readonly lastStatus: HealthStatus | null;
  /** The reason for `lastStatus`; null before the first check. */
  readonly code: ProbeCode | null;
  readonly message: string | null;
  /** When `status` began. While `stale`: when it became stale. */
  readonly since: string | null;
  /** When the last conclusive check was made. A check that failed for a fault of our own does not count. */
  readonly checkedAt: string | null;
  /** True when `checkedAt` is more than three check intervals ago, so the current status is not known. */
  readonly stale: boolean;
  /** True after too many status changes within half an hour: the status is held at `degraded`. */
  readonly flapping: boolean;
  /** Duration of the last check in milliseconds. */
  readonly latencyMs: number | null;
}

/** Health counts of a tenant's integrations. */
export interface IntegrationsSummary {
  readonly total: number;
  /** Number of integrations per `health.status`. */
  readonly byHealth: Readonly<Record<HealthStatus, number>>;
}

/** A registration as the API returns it. It holds the reference to a credential, never the credential. */
export interface IntegrationView {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: IntegrationType;
  readonly provider: string;
  readonly endpoint: string;
  readonly authRef: string | null;
  readonly config: Record<string, unknown>;
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly posting: PostingMode;
  /** Null outside maintenance. */
  readonly maintenance: Maintenance | null;
  readonly healthCheck: { readonly intervalSeconds: number };
  readonly capabilities: readonly Capability[];
  readonly health: IntegrationHealth;
  /** Counts the changes of the registration. The ETag is `"g<generation>"`. */
  readonly generation: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Present only on a deleted integration. */
  readonly deletedAt?: string;
}

/**
 * The entry of an integration in the KV bucket INTEGRATIONS_STATE: its state as of the event with `sequence`. A
 * consumer that starts from it applies only events with a greater sequence. It holds neither credential reference nor
 * config.
 */
export interface IntegrationSnapshot extends Omit<
  IntegrationView,
  'authRef' | 'config' | 'posting' | 'health' | 'deletedAt'
> {
  /**
   * Health as of the last event. A probe that changes nothing does not rewrite it, so staleness cannot be read from it.
   */
  readonly health: Omit<IntegrationHealth, 'stale' | 'lastStatus'>;
  /** Sequence number of the integration's last published event. */
  readonly sequence: number;
}

/** A provider, as `GET /api/v1/providers` describes it. */
export interface ProviderDescriptor {
  readonly provider: string;
  readonly type: IntegrationType;
  readonly displayName: string;
  readonly capabilities: readonly Capability[];
  readonly requiredScopes: readonly string[];
  readonly defaultEndpoint: string | null;
  readonly credential: { readonly required: boolean; readonly description: string };
  /** JSON Schema of `config`. */
  readonly configSchema: Record<string, unknown>;
  readonly available: boolean;
  readonly unavailableReason: string | null;
}
