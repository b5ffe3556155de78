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
    description: 'As far as it is known now: `unknown` before the first check, and while `stale` whatever was before',
  })
  readonly status: HealthStatus;

  @ApiProperty({
    enum: HEALTH_STATUSES,
    enumName: 'HealthStatus',
    nullable: true,
    description: 'What was judged last, while it may be out of date too; null before the first check',
  })
  readonly lastStatus: HealthStatus | null;

  @ApiProperty({ enum: Object.keys(PROBE_CODES), enumName: 'ProbeCode', nullable: true, example: 'ok' })
  readonly code: ProbeCode | null;

  @ApiProperty({ type: String, nullable: true, example: 'answers' })
  readonly message: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When `status` began' })
  readonly since: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When a check told something last' })
  readonly checkedAt: string | null;

  @ApiProperty({ description: 'The last check is older than three of the intervals in force' })
  readonly stale: boolean;

  @ApiProperty({ description: 'It turned too often within half an hour: the status is held at `degraded`' })
  readonly flapping: boolean;

  @ApiProperty({ type: 'integer', nullable: true, example: 42 })
  readonly latencyMs: number | null;
}

export class MaintenanceResponse implements Maintenance {
  @ApiProperty({ format: 'date-time', description: 'When it ends by itself' })
  readonly until: string;

  @ApiProperty({ type: String, nullable: true, example: 'The vendor moves to another data centre' })
  readonly reason: string | null;
}

class HealthCheckResponse {
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

  @ApiProperty({ enum: POSTING_MODES, enumName: 'PostingMode', description: '`offline`: nothing is sent through it' })
  readonly posting: PostingMode;

  @ApiProperty({ type: MaintenanceResponse, nullable: true, description: 'Null when it is in none' })
  readonly maintenance: MaintenanceResponse | null;

  @ApiProperty({ type: HealthCheckResponse })
  readonly healthCheck: HealthCheckResponse;

  @ApiProperty({ enum: CAPABILITIES, enumName: 'Capability', isArray: true })
  readonly capabilities: readonly Capability[];

  @ApiProperty({ type: HealthResponse })
  readonly health: HealthResponse;

  @ApiProperty({ type: 'integer', description: 'Counts the changes; the ETag is `"g<generation>"`', example: 1 })
  readonly generation: number;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt: string;

  @ApiProperty({ format: 'date-time' })
  readonly updatedAt: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Of a deleted one only' })
  readonly deletedAt?: string;
}

export class IntegrationPageResponse implements Page<IntegrationView> {
  @ApiProperty({ type: [IntegrationResponse] })
  readonly items: readonly IntegrationResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page' })
  readonly nextCursor: string | null;
}

class HealthCountsResponse implements Record<HealthStatus, number> {
  @ApiProperty({ type: 'integer', description: 'Also those not checked yet or lately' })
  readonly unknown: number;

  @ApiProperty({ type: 'integer' })
  readonly healthy: number;

  @ApiProperty({ type: 'integer' })
  readonly degraded: number;

  @ApiProperty({ type: 'integer' })
  readonly unhealthy: number;
}

export class IntegrationsSummaryResponse implements IntegrationsSummary {
  @ApiProperty({ type: 'integer' })
  readonly total: number;

  @ApiProperty({ type: HealthCountsResponse })
  readonly byHealth: HealthCountsResponse;
}
