import type {
  IntegrationType,
  OperationResult,
  OperationState,
  ScmOperation,
  ScmResponse,
} from '@integrations/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Ending } from './operation';

@Entity('annotation_operation')
export class OperationEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'bigint', generated: 'identity' })
  position: number;

  @Column({ type: 'text' })
  tenantId: string;

  @Column({ type: 'uuid' })
  integrationId: string;

  @Column({ type: 'text' })
  integrationType: IntegrationType;

  @Column({ type: 'text' })
  provider: string;

  @Column({ type: 'integer' })
  generation: number;

  @Column({ type: 'text' })
  operation: ScmOperation;

  @Column({ type: 'text' })
  lane: string;

  @Column({ type: 'text' })
  owner: string;

  @Column({ type: 'text' })
  repository: string;

  @Column({ type: 'bigint', nullable: true })
  prNumber: number | null;

  @Column({ type: 'text', nullable: true })
  commitSha: string | null;

  @Column({ type: 'text', nullable: true })
  upsertKey: string | null;

  @Column({ type: 'bigint', nullable: true })
  revision: number | null;

  @Column({ type: 'text', nullable: true })
  idempotencyKey: string | null;

  @Column({ type: 'jsonb' })
  request: object;

  @Column({ type: 'text' })
  requestHash: string;

  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  @Column({ type: 'text' })
  state: OperationState;

  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  nextAttemptAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  waitingSince: Date | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  acceptedAt: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deadlineAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  startedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finishedAt: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  outcome: OperationResult<ScmResponse> | null;

  @Column({ type: 'boolean', default: false })
  halfMade: boolean;

  @Column({ type: 'jsonb', nullable: true })
  ending: Ending | null;
}
