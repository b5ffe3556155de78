import {
  CAPABILITIES,
  HEALTH_STATUSES,
  type HealthStatus,
  PROBE_CODES,
  PROBE_STAGES,
  type ProbeCode,
  type ProbeStage,
  type ProbeStageName,
  type ProbeVerdict,
} from '@integrations/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class StageResponse implements ProbeStage {
  @ApiProperty({ enum: PROBE_STAGES, enumName: 'ProbeStageName' })
  readonly name: ProbeStageName;

  @ApiProperty()
  readonly ok: boolean;

  @ApiProperty({ example: 12 })
  readonly ms: number;

  @ApiPropertyOptional()
  readonly detail?: string;
}

const OBJECT = { type: 'object', additionalProperties: true } as const;

export class VerdictResponse implements ProbeVerdict {
  @ApiProperty({ enum: HEALTH_STATUSES, enumName: 'HealthStatus' })
  readonly status: HealthStatus;

  @ApiProperty({ enum: Object.keys(PROBE_CODES), enumName: 'ProbeCode', example: 'ok' })
  readonly code: ProbeCode;

  @ApiProperty({ example: 'the app is installed on acme with every permission it needs' })
  readonly message: string;

  @ApiProperty({ example: PROBE_CODES.ok })
  readonly remediation: string;

  @ApiProperty({ type: [StageResponse] })
  readonly stages: readonly StageResponse[];

  @ApiProperty({ example: 180 })
  readonly latencyMs: number;

  @ApiProperty({ format: 'date-time' })
  readonly checkedAt: string;

  @ApiPropertyOptional({ ...OBJECT, example: { product: 'GitHub Enterprise Server', version: '3.17.2' } })
  readonly server?: NonNullable<ProbeVerdict['server']>;

  @ApiPropertyOptional({ ...OBJECT, example: { issuer: 'Example CA', validTo: '2027-01-01T00:00:00Z', daysLeft: 90 } })
  readonly tls?: NonNullable<ProbeVerdict['tls']>;

  @ApiPropertyOptional()
  readonly clockSkewMs?: number;

  @ApiPropertyOptional({ ...OBJECT, example: { id: 'acme-scanner', kind: 'app' } })
  readonly principal?: NonNullable<ProbeVerdict['principal']>;

  @ApiPropertyOptional({ ...OBJECT })
  readonly permissions?: NonNullable<ProbeVerdict['permissions']>;

  @ApiPropertyOptional({
    enum: CAPABILITIES,
    enumName: 'Capability',
    isArray: true,
  })
  readonly capabilities?: NonNullable<ProbeVerdict['capabilities']>;

  @ApiPropertyOptional({ ...OBJECT })
  readonly credential?: NonNullable<ProbeVerdict['credential']>;

  @ApiPropertyOptional({ ...OBJECT, example: { limit: 5_000, remaining: 4_990 } })
  readonly quota?: NonNullable<ProbeVerdict['quota']>;

  @ApiPropertyOptional()
  readonly retryAfterMs?: number;

  @ApiProperty({ type: [String] })
  readonly warnings: readonly string[];
}
