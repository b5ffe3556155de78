import type { IntegrationType } from '@integrations/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a writer inserts; `sequence` and `published_at` are the relay's. */
@Entity('outbox')
export class OutboxEntity {
  @PrimaryColumn({ type: 'bigint', generated: 'identity' })
  id: number;

  @Column({ type: 'uuid' })
  eventId: string;

  @Column({ type: 'text' })
  tenantId: string;

  @Column({ type: 'uuid' })
  integrationId: string;

  /** Null, like provider and generation, of events of the platform itself. */
  @Column({ type: 'text', nullable: true })
  type: IntegrationType | null;

  @Column({ type: 'text', nullable: true })
  provider: string | null;

  @Column({ type: 'text' })
  event: string;

  @Column({ type: 'integer', nullable: true })
  generation: number | null;

  @Column({ type: 'jsonb' })
  data: object;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  occurredAt: Date;
}
