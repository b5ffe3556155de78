import {
  CAPABILITIES,
  type Capability,
  HEALTH_STATUSES,
  type HealthStatus,
  PROBE_CODES,
  PROBE_STAGES,
  type ProbeCertificate,
  type ProbeCode,
  type ProbeCredential,
  type ProbePermissions,
  type ProbePrincipal,
  type ProbeQuota,
  type ProbeServer,
  type ProbeStage,
  type ProbeStageName,
  type ProbeVerdict,
} from '@integrations/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { contractType } from './contract-type';

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

  @ApiPropertyOptional({
    allOf: [contractType('ProbeServer')],
    example: { product: 'GitHub Enterprise Server', version: '3.17.2' },
  })
  readonly server?: ProbeServer;

  @ApiPropertyOptional({
    allOf: [contractType('ProbeCertificate')],
    example: { issuer: 'Example CA', validTo: '2027-01-01T00:00:00Z', daysLeft: 90 },
  })
  readonly tls?: ProbeCertificate;

  @ApiPropertyOptional()
  readonly clockSkewMs?: number;

  @ApiPropertyOptional({ allOf: [contractType('ProbePrincipal')], example: { id: 'acme-scanner', kind: 'app' } })
  readonly principal?: ProbePrincipal;

  @ApiPropertyOptional({ allOf: [contractType('ProbePermissions')] })
  readonly permissions?: ProbePermissions;

  @ApiPropertyOptional({
    enum: CAPABILITIES,
    enumName: 'Capability',
    isArray: true,
  })
  readonly capabilities?: readonly Capability[];

  @ApiPropertyOptional({ allOf: [contractType('ProbeCredential')] })
  readonly credential?: ProbeCredential;

  @ApiPropertyOptional({ allOf: [contractType('ProbeQuota')], example: { limit: 5_000, remaining: 4_990 } })
  readonly quota?: ProbeQuota;

  @ApiPropertyOptional()
  readonly retryAfterMs?: number;

  @ApiProperty({ type: [String] })
  readonly warnings: readonly string[];
}
