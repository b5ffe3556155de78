import type { HealthStatus, ProbeCode, ProbeVerdict } from '@integrations/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('integration_health')
export class HealthEntity {
  @PrimaryColumn({ type: 'uuid' })
  integrationId: string;

  @Column({ type: 'text' })
  tenantId: string;

  @Column({ type: 'text' })
  status: HealthStatus;

  @Column({ type: 'text' })
  code: ProbeCode;

  @Column({ type: 'text' })
  message: string;

  @Column({ type: 'timestamptz', precision: 3 })
  since: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  checkedAt: Date;

  @Column({ type: 'integer' })
  intervalSeconds: number;

  @Column({ type: 'integer' })
  latencyMs: number;

  @Column({ type: 'integer' })
  failures: number;

  @Column({ type: 'integer' })
  successes: number;

  @Column({ type: 'text' })
  settled: HealthStatus;

  @Column({ type: 'boolean' })
  flapping: boolean;

  @Column({ type: 'timestamptz', precision: 3, array: true })
  turns: Date[];

  @Column({ type: 'jsonb' })
  verdict: ProbeVerdict;
}
