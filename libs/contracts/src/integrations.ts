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

/** `POST /api/v1/integrations`. */
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

  /** Base URL of the vendor's API, or for some providers `unix:///<path>`; the provider's public one if absent. */
  @IsOptional()
  @IsEndpoint()
  @MaxLength(MAX_ENDPOINT)
  endpoint?: string;

  /** Where the credential is kept: `authref://<store>/<path>[#<key>]`. Never the credential itself. */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  authRef?: string;

  /** The provider's own settings, by the JSON Schema of its descriptor. */
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

  /** Of an `scm` integration. `offline`: nothing is sent through it; operations are parked with their payloads. */
  @IsOptional()
  @IsIn(POSTING_MODES)
  posting: PostingMode = 'online';

  @IsOptional()
  @IsNested(() => HealthCheckSettings)
  healthCheck: HealthCheckSettings = new HealthCheckSettings();
}

/** `PATCH /api/v1/integrations/{id}`: a JSON merge patch (RFC 7396); null removes. Type and provider never change. */
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

  /** Merged key by key: a null inside removes that key. */
  @ValidateIf((_, value) => value !== undefined)
  @IsObject()
  config?: Record<string, unknown>;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @HasNoRepeats()
  @Matches(TAG_PATTERN, { each: true, message: `each ${TAG_MESSAGE}` })
  tags?: string[] | null;

  /** Counts at once, also for operations that wait already. */
  @IsOptional()
  @IsIn(POSTING_MODES)
  posting?: PostingMode | null;

  @IsOptional()
  @IsNested(() => HealthCheckSettings)
  healthCheck?: HealthCheckSettings | null;

  /** Begins a maintenance window or changes the one in force; null ends it. */
  @IsOptional()
  @IsNested(() => MaintenanceRequest)
  maintenance?: MaintenanceRequest | null;
}

const MAX_PAGE = 200;

/** Which page of a list. */
export class PageQuery {
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = 50;

  /** The `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** `GET /api/v1/integrations` and `integrations.v1.rpc.catalog.list`. */
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

  /** As it is shown; `unknown` also before the first check and while it is stale. */
  @IsOptional()
  @IsIn(HEALTH_STATUSES)
  health?: HealthStatus;

  /** Words, of which each begins a word of name, description, endpoint or tags. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  @Matches(/[\p{L}\p{N}]/u, { message: 'must hold a letter or a digit' })
  q?: string;

  /** True for those that were deleted and not purged yet, instead of the live ones. */
  @IsOptional()
  @IsBoolean()
  deleted: boolean = false;
}

/** `integrations.v1.rpc.catalog.get` and the probe requests. */
export class IntegrationIdRequest {
  @IsUUID()
  integrationId: string;
}

/** `integrations.v1.rpc.catalog.resolve`: which enabled integration serves a repository or an image. Name one of the two. */
export class ResolveIntegrationRequest {
  /** `scm` if absent beside a repository, `registry` beside an image. */
  @IsOptional()
  @IsIn(INTEGRATION_TYPES)
  type?: IntegrationType;

  @IsOptional()
  @Matches(PROVIDER_PATTERN, { message: PROVIDER_MESSAGE })
  provider?: string;

  /** As `git clone` takes it: `https://host/owner/repo.git`, `ssh://git@host/owner/repo`, `git@host:owner/repo`. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  repositoryUrl?: string;

  /** As `docker pull` takes it: `host/name:tag`, `host/name@sha256:…`; without a host, it is on Docker Hub. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  imageRef?: string;
}

/** The present health of an integration. */
export interface IntegrationHealth {
  /** As far as it is known now: `unknown` before the first check, and while `stale` whatever was judged before. */
  readonly status: HealthStatus;
  /** What was judged last, while it may be out of date too; null before the first check. */
  readonly lastStatus: HealthStatus | null;
  /** Why it was judged so. */
  readonly code: ProbeCode | null;
  readonly message: string | null;
  /** When `status` began; of a stale one, when it became so. */
  readonly since: string | null;
  /** When the last check was made that told something. */
  readonly checkedAt: string | null;
  /** The last check is older than three of the intervals in force: nobody knows how it is now. */
  readonly stale: boolean;
  /** It turned too often within half an hour: the status is held at `degraded`. */
  readonly flapping: boolean;
  /** Milliseconds that the last check took. */
  readonly latencyMs: number | null;
}

/** How the integrations of a tenant are, at a glance. */
export interface IntegrationsSummary {
  readonly total: number;
  /** How many have each status, by the same rule as `health.status` of each. */
  readonly byHealth: Readonly<Record<HealthStatus, number>>;
}

/** A registration as every reader sees it. Holds the reference to a credential, never the credential. */
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
  /** Null when it is in none. */
  readonly maintenance: Maintenance | null;
  readonly healthCheck: { readonly intervalSeconds: number };
  readonly capabilities: readonly Capability[];
  readonly health: IntegrationHealth;
  /** Counts the changes; the ETag is `"g<generation>"`. */
  readonly generation: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Of a deleted one only. */
  readonly deletedAt?: string;
}

/**
 * What the KV bucket INTEGRATIONS_STATE holds of an integration: its state as of the event with `sequence`, so that
 * whoever begins here applies the events with a greater one. Says nothing of its credential and its config.
 */
export interface IntegrationSnapshot extends Omit<
  IntegrationView,
  'authRef' | 'config' | 'posting' | 'health' | 'deletedAt'
> {
  /** As judged at the last event; what a probe finds unchanged is not written again, so this cannot tell what is stale. */
  readonly health: Omit<IntegrationHealth, 'stale' | 'lastStatus'>;
  /** Of its last event that was published. */
  readonly sequence: number;
}

/** What `GET /api/v1/providers` tells of a provider. */
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
