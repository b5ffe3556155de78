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

class TurnResponse implements HealthTurn {
  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiProperty({ enum: HEALTH_STATUSES, enumName: 'HealthStatus', example: 'healthy' })
  readonly from: HealthStatus;

  @ApiProperty({ enum: HEALTH_STATUSES, enumName: 'HealthStatus', example: 'unhealthy' })
  readonly to: HealthStatus;

  @ApiProperty({ enum: Object.keys(PROBE_CODES), enumName: 'ProbeCode', example: 'timeout' })
  readonly reasonCode: ProbeCode;

  @ApiProperty({ description: 'True if the status was flapping from then on' })
  readonly flapping: boolean;
}

class SecondsResponse implements SecondsInState {
  @ApiProperty({ example: 82_000 })
  readonly healthy: number;

  @ApiProperty({ example: 800 })
  readonly degraded: number;

  @ApiProperty({ example: 400 })
  readonly unhealthy: number;

  @ApiProperty({ description: 'Seconds before the first check', example: 0 })
  readonly unknown: number;

  @ApiProperty({ description: 'Seconds in maintenance, whatever the status was', example: 3_200 })
  readonly maintenance: number;

  @ApiProperty({
    description: 'Seconds outside maintenance without a check for more than three intervals',
    example: 0,
  })
  readonly stale: number;
}

class UptimeResponse implements Uptime {
  @ApiProperty({
    type: Number,
    nullable: true,
    description: '(healthy + degraded) / (healthy + degraded + unhealthy); null when no time counts',
    example: 0.9952,
  })
  readonly ratio: number | null;

  @ApiProperty({
    type: SecondsResponse,
    description: 'Seconds in each state, which add up to the length of the window',
  })
  readonly seconds: SecondsResponse;
}

class LatencyResponse implements CheckLatency {
  @ApiProperty({ type: 'integer', description: 'Number of checks measured: the newest in the window', example: 1_440 })
  readonly checks: number;

  @ApiProperty({ format: 'date-time', description: 'When the oldest of these checks was made' })
  readonly from: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds', example: 41 })
  readonly p50: number;

  @ApiProperty({ type: 'integer', example: 120 })
  readonly p95: number;

  @ApiProperty({ type: 'integer', example: 310 })
  readonly p99: number;

  @ApiProperty({ type: 'integer', example: 870 })
  readonly max: number;
}

class WindowResponse {
  @ApiProperty({ format: 'date-time', description: 'As requested, but not before the registration' })
  readonly from: string;

  @ApiProperty({ format: 'date-time' })
  readonly to: string;
}

export class HealthReportResponse extends HealthResponse implements HealthReport {
  @ApiProperty({ format: 'uuid' })
  readonly integrationId: string;

  @ApiProperty({ type: String, nullable: true, description: 'What to do about `code`', example: PROBE_CODES.ok })
  readonly remediation: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Seconds since `checkedAt`', example: 12 })
  readonly ageSeconds: number | null;

  @ApiProperty()
  readonly enabled: boolean;

  @ApiProperty({ type: MaintenanceResponse, nullable: true, description: 'Null outside maintenance' })
  readonly maintenance: MaintenanceResponse | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'In the past while the check waits for a worker; null when none is scheduled',
  })
  readonly nextCheckAt: string | null;

  @ApiProperty({ type: VerdictResponse, nullable: true, description: 'Result of the last check' })
  readonly verdict: VerdictResponse | null;

  @ApiProperty({ type: WindowResponse })
  readonly window: WindowResponse;

  @ApiProperty({ type: UptimeResponse })
  readonly uptime: UptimeResponse;

  @ApiProperty({ type: LatencyResponse, nullable: true, description: 'Null if no check was made in the window' })
  readonly latency: LatencyResponse | null;

  @ApiProperty({ type: [TurnResponse], description: 'Status changes in the window, newest first, at most 200' })
  readonly transitions: readonly TurnResponse[];

  @ApiProperty({ description: 'True if the window holds more transitions than are shown' })
  readonly truncated: boolean;
}
