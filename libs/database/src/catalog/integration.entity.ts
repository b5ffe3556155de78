import type { IntegrationType, PostingMode } from '@integrations/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('integration')
export class IntegrationEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  tenantId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text' })
  type: IntegrationType;

  @Column({ type: 'text' })
  provider: string;

  @Column({ type: 'text' })
  endpoint: string;

  @Column({ type: 'text', nullable: true })
  authRef: string | null;

  @Column({ type: 'jsonb' })
  config: Record<string, unknown>;

  @Column({ type: 'text', array: true })
  tags: string[];

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'text', default: 'online' })
  posting: PostingMode;

  @Column({ type: 'integer' })
  intervalSeconds: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  maintenanceUntil: Date | null;

  @Column({ type: 'text', nullable: true })
  maintenanceReason: string | null;

  @Column({ type: 'integer', default: 1 })
  generation: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deletedAt: Date | null;
}
