import {
  type CheckLatency,
  HEALTH_STATUSES,
  type HealthReport,
  type HealthStatus,
  type HealthTurn,
  PROBE_CODES,
  type ProbeCode,
  type SecondsInState,
  type Uptime,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';
import { HealthResponse, MaintenanceResponse } from './integration.response';
import { VerdictResponse } from './verdict.response';

type Window = HealthReport['window'];

class TurnResponse implements HealthTurn {
  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiProperty({ enum: HEALTH_STATUSES, enumName: 'HealthStatus', example: 'healthy' })
  readonly from: HealthStatus;

  @ApiProperty({ enum: HEALTH_STATUSES, enumName: 'HealthStatus', example: 'unhealthy' })
  readonly to: HealthStatus;

  @ApiProperty({ enum: Object.keys(PROBE_CODES), enumName: 'ProbeCode', example: 'timeout' })
  readonly reasonCode: ProbeCode;

  @ApiProperty()
  readonly flapping: boolean;
}

class SecondsResponse implements SecondsInState {
  @ApiProperty({ example: 82_000 })
  readonly healthy: number;

  @ApiProperty({ example: 800 })
  readonly degraded: number;

  @ApiProperty({ example: 400 })
  readonly unhealthy: number;

  @ApiProperty({ example: 0 })
  readonly unknown: number;

  @ApiProperty({ example: 3_200 })
  readonly maintenance: number;

  @ApiProperty({
    example: 0,
  })
  readonly stale: number;
}

class UptimeResponse implements Uptime {
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0.9952,
  })
  readonly ratio: number | null;

  @ApiProperty({
    type: SecondsResponse,
  })
  readonly seconds: SecondsResponse;
}

class LatencyResponse implements CheckLatency {
  @ApiProperty({ type: 'integer', example: 1_440 })
  readonly checks: number;

  @ApiProperty({ format: 'date-time' })
  readonly from: string;

  @ApiProperty({ type: 'integer', example: 41 })
  readonly p50: number;

  @ApiProperty({ type: 'integer', example: 120 })
  readonly p95: number;

  @ApiProperty({ type: 'integer', example: 310 })
  readonly p99: number;

  @ApiProperty({ type: 'integer', example: 870 })
  readonly max: number;
}

class WindowResponse implements Window {
  @ApiProperty({ format: 'date-time' })
  readonly from: string;

  @ApiProperty({ format: 'date-time' })
  readonly to: string;
}

export class HealthReportResponse extends HealthResponse implements HealthReport {
  @ApiProperty({ format: 'uuid' })
  readonly integrationId: string;

  @ApiProperty({ type: String, nullable: true, example: PROBE_CODES.ok })
  readonly remediation: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 12 })
  readonly ageSeconds: number | null;

  @ApiProperty()
  readonly enabled: boolean;

  @ApiProperty({ type: MaintenanceResponse, nullable: true })
  readonly maintenance: MaintenanceResponse | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
  })
  readonly nextCheckAt: string | null;

  @ApiProperty({ type: VerdictResponse, nullable: true })
  readonly verdict: VerdictResponse | null;

  @ApiProperty({ type: WindowResponse })
  readonly window: WindowResponse;

  @ApiProperty({ type: UptimeResponse })
  readonly uptime: UptimeResponse;

  @ApiProperty({ type: LatencyResponse, nullable: true })
  readonly latency: LatencyResponse | null;

  @ApiProperty({ type: [TurnResponse] })
  readonly transitions: readonly TurnResponse[];

  @ApiProperty()
  readonly truncated: boolean;
}
