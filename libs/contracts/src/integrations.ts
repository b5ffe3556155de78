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
  /** A name for people. It is unique among the live integrations of the tenant, ignoring case. */
  @IsString()
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  name: string;

  /** A note for people. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  description?: string;

  /** The kind of service. It must be the type of the provider. */
  @IsIn(INTEGRATION_TYPES)
  type: IntegrationType;

  /** Name of the provider: see `GET /api/v1/providers`. */
  @IsString()
  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider: string;

  /**
   * Base URL of the vendor's API; some providers also accept `unix:///<path>`. Defaults to the provider's public
   * endpoint, and is required if the provider has none.
   */
  @IsOptional()
  @IsEndpoint()
  @MaxLength(MAX_ENDPOINT)
  endpoint?: string;

  /**
   * Where the credential is kept: `authref://<store>/<path>[#<key>]`. Never the credential itself. Some providers
   * require it.
   */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  authRef?: string;

  /** The provider's own settings. They must match the JSON Schema `configSchema` of the provider. */
  @IsOptional()
  @IsObject()
  config: Record<string, unknown> = {};

  /** Labels, which the list of integrations can be filtered by. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @HasNoRepeats()
  @Matches(TAG_PATTERN, { each: true, message: `each ${TAG_MESSAGE}` })
  tags: string[] = [];

  /** False: the integration is not probed, and nothing is posted through it. */
  @IsOptional()
  @IsBoolean()
  enabled: boolean = true;

  /** Only for `scm` integrations. `offline`: nothing is sent; operations are parked with their payloads. */
  @IsOptional()
  @IsIn(POSTING_MODES)
  posting: PostingMode = 'online';

  /** How often the integration is checked. */
  @IsOptional()
  @IsNested(() => HealthCheckSettings)
  healthCheck: HealthCheckSettings = new HealthCheckSettings();
}

/**
 * `PATCH /api/v1/integrations/{id}`: a JSON merge patch (RFC 7396); null removes a field. Type and provider are fixed.
 */
export class UpdateIntegrationRequest {
  /** A name for people. It is unique among the live integrations of the tenant, ignoring case. */
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  name?: string;

  /** A note for people; null removes it. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  description?: string | null;

  /** Base URL of the vendor's API; null restores the provider's public endpoint. */
  @IsOptional()
  @IsEndpoint()
  @MaxLength(MAX_ENDPOINT)
  endpoint?: string | null;

  /**
   * Where the credential is kept: `authref://<store>/<path>[#<key>]`. Null removes the reference, unless the provider
   * requires one.
   */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  authRef?: string | null;

  /** Merged key by key; null as the value of a key removes that key. */
  @ValidateIf((_, value) => value !== undefined)
  @IsObject()
  config?: Record<string, unknown>;

  /** Replaces all tags; null removes them. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @HasNoRepeats()
  @Matches(TAG_PATTERN, { each: true, message: `each ${TAG_MESSAGE}` })
  tags?: string[] | null;

  /**
   * Whether annotation operations are sent or parked; null means `online`. Takes effect at once, also for operations
   * that are already queued.
   */
  @IsOptional()
  @IsIn(POSTING_MODES)
  posting?: PostingMode | null;

  /** How often the integration is checked; null restores the default. */
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
  /** The most items to return. */
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
  /** Only integrations of this type. */
  @IsOptional()
  @IsIn(INTEGRATION_TYPES)
  type?: IntegrationType;

  /** Only integrations of this provider. */
  @IsOptional()
  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider?: string;

  /** True: only enabled integrations. False: only disabled ones. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  /** Only integrations with this tag. */
  @IsOptional()
  @Matches(TAG_PATTERN, { message: TAG_MESSAGE })
  tag?: string;

  /**
   * Only integrations with this `health.status`, which is also `unknown` before the first check and while the last one
   * is stale.
   */
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
  /** Id of the integration. */
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

  /** Only an integration of this provider, such as `github_app`. */
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
  /** The message that belongs to `code`; null before the first check. */
  readonly message: string | null;
  /** When `status` began; null before the first check. While `stale`: when it became stale. */
  readonly since: string | null;
  /**
   * When the last conclusive check was made; null before the first one. A check that failed for a fault of our own does
   * not count.
   */
  readonly checkedAt: string | null;
  /** True when `checkedAt` is more than three check intervals ago, so the current status is not known. */
  readonly stale: boolean;
  /** True after too many status changes within half an hour: the status is held at `degraded`. */
  readonly flapping: boolean;
  /** Duration of the last check in milliseconds; null before the first check. @asType integer */
  readonly latencyMs: number | null;
}

/** Health counts of a tenant's integrations. */
export interface IntegrationsSummary {
  /** Number of integrations that match the filters. */
  readonly total: number;
  /** Number of integrations per `health.status`. */
  readonly byHealth: Readonly<Record<HealthStatus, number>>;
}

/** A registration as the API returns it. It holds the reference to a credential, never the credential. */
export interface IntegrationView {
  /** Id of the integration, a UUIDv7. */
  readonly id: string;
  /** The tenant that the integration belongs to. */
  readonly tenantId: string;
  /** A name for people. It is unique among the live integrations of the tenant, ignoring case. */
  readonly name: string;
  /** A note for people; null if there is none. */
  readonly description: string | null;
  /** The kind of service. */
  readonly type: IntegrationType;
  /** Name of the provider, such as `github_app`. */
  readonly provider: string;
  /** Base URL of the vendor's API, or `unix:///<path>`. */
  readonly endpoint: string;
  /** Where the credential is kept: `authref://<store>/<path>[#<key>]`; null if the integration has none. */
  readonly authRef: string | null;
  /** The provider's own settings, which match the JSON Schema `configSchema` of the provider. */
  readonly config: Record<string, unknown>;
  /** Labels, which the list of integrations can be filtered by. */
  readonly tags: readonly string[];
  /** False: the integration is not probed, and nothing is posted through it. */
  readonly enabled: boolean;
  /** Whether annotation operations through the integration are sent or parked. */
  readonly posting: PostingMode;
  /** The current maintenance window; null outside maintenance. */
  readonly maintenance: Maintenance | null;
  /** How often the integration is checked. */
  readonly healthCheck: {
    /** Seconds between periodic checks. @asType integer */
    readonly intervalSeconds: number;
  };
  /** The capabilities of the provider; empty if its plugin is not loaded. */
  readonly capabilities: readonly Capability[];
  /** The current health. */
  readonly health: IntegrationHealth;
  /** Counts the changes of the registration. The ETag is `"g<generation>"`. @asType integer */
  readonly generation: number;
  /** When the integration was registered. */
  readonly createdAt: string;
  /** When the registration last changed. */
  readonly updatedAt: string;
  /** When the integration was deleted. Present only on a deleted integration. */
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
  /** Sequence number of the integration's last published event. @asType integer */
  readonly sequence: number;
}

/** A provider, as `GET /api/v1/providers` describes it. */
export interface ProviderDescriptor {
  /** Name of the provider, for registrations to use. */
  readonly provider: string;
  /** The kind of service. */
  readonly type: IntegrationType;
  /** The name to show to people. */
  readonly displayName: string;
  /** What the provider offers besides test and health check. */
  readonly capabilities: readonly Capability[];
  /** The permissions that a connection test checks for, in the vendor's words. */
  readonly requiredScopes: readonly string[];
  /** The vendor's public API; null if every installation has its own address. */
  readonly defaultEndpoint: string | null;
  /** The credential that the provider uses. */
  readonly credential: {
    /** True if a registration needs an `authRef`. */
    readonly required: boolean;
    /** What the secret must be. */
    readonly description: string;
  };
  /** JSON Schema of `config` in registrations. */
  readonly configSchema: Record<string, unknown>;
  /** False if the plugin cannot work in this installation. */
  readonly available: boolean;
  /** Why the plugin cannot work; null if it can. */
  readonly unavailableReason: string | null;
}
