import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The trigger `audit_entry_seal` sets `position`, `at`, `prev_hash` and `hash`, whatever values an INSERT has. */
@Entity('audit_entry')
export class AuditEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  tenantId: string;

  @Column({ type: 'bigint', insert: false })
  position: number;

  @Column({ type: 'timestamptz', precision: 3, insert: false })
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

  @Column({ type: 'bytea', insert: false })
  hash: Buffer;
}
