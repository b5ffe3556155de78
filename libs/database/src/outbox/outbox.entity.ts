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

  @Column({ type: 'text' })
  type: IntegrationType;

  @Column({ type: 'text' })
  provider: string;

  @Column({ type: 'text' })
  event: string;

  @Column({ type: 'integer' })
  generation: number;

  @Column({ type: 'jsonb' })
  data: object;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  occurredAt: Date;
}
