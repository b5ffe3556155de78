import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('audit_entry')
export class AuditEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  tenantId: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;

  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text' })
  app: string;

  @Column({ type: 'text' })
  action: string;

  @Column({ type: 'uuid', nullable: true })
  integrationId: string | null;

  @Column({ type: 'text' })
  outcome: string;

  @Column({ type: 'jsonb' })
  detail: Record<string, unknown>;
}
