import {
  CAPABILITIES,
  type Capability,
  HEALTH_STATUSES,
  type HealthStatus,
  INTEGRATION_TYPES,
  type IntegrationHealth,
  type IntegrationsSummary,
  type IntegrationType,
  type IntegrationView,
  type Maintenance,
  type Page,
  POSTING_MODES,
  type PostingMode,
  PROBE_CODES,
  type ProbeCode,
} from '@integrations/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class HealthResponse implements IntegrationHealth {
  @ApiProperty({
    enum: HEALTH_STATUSES,
    enumName: 'HealthStatus',
  })
  readonly status: HealthStatus;

  @ApiProperty({
    enum: HEALTH_STATUSES,
    enumName: 'HealthStatus',
    nullable: true,
  })
  readonly lastStatus: HealthStatus | null;

  @ApiProperty({ enum: Object.keys(PROBE_CODES), enumName: 'ProbeCode', nullable: true, example: 'ok' })
  readonly code: ProbeCode | null;

  @ApiProperty({ type: String, nullable: true, example: 'answers' })
  readonly message: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly since: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
  })
  readonly checkedAt: string | null;

  @ApiProperty()
  readonly stale: boolean;

  @ApiProperty()
  readonly flapping: boolean;

  @ApiProperty({ type: 'integer', nullable: true, example: 42 })
  readonly latencyMs: number | null;
}

export class MaintenanceResponse implements Maintenance {
  @ApiProperty({ format: 'date-time' })
  readonly until: string;

  @ApiProperty({ type: String, nullable: true, example: 'The vendor moves to another data centre' })
  readonly reason: string | null;
}

type HealthCheck = IntegrationView['healthCheck'];

class HealthCheckResponse implements HealthCheck {
  @ApiProperty({ type: 'integer', example: 60 })
  readonly intervalSeconds: number;
}

export class IntegrationResponse implements IntegrationView {
  @ApiProperty({ format: 'uuid', example: '0199c3a1-7c1e-7d4f-9a52-2f1f6e8b9a10' })
  readonly id: string;

  @ApiProperty({ example: 'default' })
  readonly tenantId: string;

  @ApiProperty({ example: 'GitHub, organisation acme' })
  readonly name: string;

  @ApiProperty({ type: String, nullable: true })
  readonly description: string | null;

  @ApiProperty({ enum: INTEGRATION_TYPES, enumName: 'IntegrationType' })
  readonly type: IntegrationType;

  @ApiProperty({ example: 'github_app' })
  readonly provider: string;

  @ApiProperty({ example: 'https://api.github.com' })
  readonly endpoint: string;

  @ApiProperty({ type: String, nullable: true, example: 'authref://file/github/private-key' })
  readonly authRef: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { appId: '12345' } })
  readonly config: Record<string, unknown>;

  @ApiProperty({ type: [String], example: ['prod'] })
  readonly tags: readonly string[];

  @ApiProperty()
  readonly enabled: boolean;

  @ApiProperty({
    enum: POSTING_MODES,
    enumName: 'PostingMode',
  })
  readonly posting: PostingMode;

  @ApiProperty({ type: MaintenanceResponse, nullable: true })
  readonly maintenance: MaintenanceResponse | null;

  @ApiProperty({ type: HealthCheckResponse })
  readonly healthCheck: HealthCheckResponse;

  @ApiProperty({ enum: CAPABILITIES, enumName: 'Capability', isArray: true })
  readonly capabilities: readonly Capability[];

  @ApiProperty({ type: HealthResponse })
  readonly health: HealthResponse;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly generation: number;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt: string;

  @ApiProperty({ format: 'date-time' })
  readonly updatedAt: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly deletedAt?: string;
}

export class IntegrationPageResponse implements Page<IntegrationView> {
  @ApiProperty({ type: [IntegrationResponse] })
  readonly items: readonly IntegrationResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}

/** Number of integrations per `health.status`. */
class HealthCountsResponse implements Record<HealthStatus, number> {
  /** Number of integrations that were not checked yet, or not recently. */
  @ApiProperty({ type: 'integer' })
  readonly unknown: number;

  /** Number of usable integrations. */
  @ApiProperty({ type: 'integer' })
  readonly healthy: number;

  /** Number of integrations that are usable with restrictions, or flapping. */
  @ApiProperty({ type: 'integer' })
  readonly degraded: number;

  /** Number of integrations that are not usable. */
  @ApiProperty({ type: 'integer' })
  readonly unhealthy: number;
}

export class IntegrationsSummaryResponse implements IntegrationsSummary {
  @ApiProperty({ type: 'integer' })
  readonly total: number;

  @ApiProperty({ type: HealthCountsResponse })
  readonly byHealth: HealthCountsResponse;
}
