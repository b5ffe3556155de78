import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The posting switch of an integration, operations parked until a vendor answers again, and unreachable vendors. */
export class OfflinePosting1790000000022 implements MigrationInterface {
  readonly name = 'OfflinePosting1790000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE integration ADD posting text NOT NULL DEFAULT 'online' CHECK (posting IN ('online', 'offline'));

      -- Parked because the vendor was unreachable, not by the posting switch, and therefore replayed automatically.
      ALTER TABLE annotation_operation ADD awaits_vendor boolean NOT NULL DEFAULT false;
      CREATE INDEX annotation_operation_parked ON annotation_operation (tenant_id, position)
        WHERE state = 'parked_offline';
      CREATE INDEX annotation_operation_awaiting ON annotation_operation (integration_id, position)
        WHERE state = 'parked_offline' AND awaits_vendor;
      CREATE INDEX annotation_operation_awaiting_in_lane ON annotation_operation (lane, position)
        WHERE state = 'parked_offline' AND awaits_vendor;
      -- Whether something newer is at the vendor already.
      CREATE INDEX annotation_operation_at_vendor ON annotation_operation (lane, operation, position)
        WHERE state = 'succeeded' AND upsert_key IS NULL;

      -- A row exists while the last attempt failed to reach the vendor, or while operations are parked because of that.
      CREATE TABLE vendor_outage (
        integration_id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        failing_since timestamptz,
        last_failure_at timestamptz NOT NULL,
        offline_since timestamptz,
        probe_at timestamptz NOT NULL,
        FOREIGN KEY (tenant_id, integration_id) REFERENCES integration (tenant_id, id) ON DELETE CASCADE
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE vendor_outage;
      DROP INDEX annotation_operation_parked, annotation_operation_awaiting, annotation_operation_awaiting_in_lane,
        annotation_operation_at_vendor;
      ALTER TABLE annotation_operation DROP awaits_vendor;
      ALTER TABLE integration DROP posting;
    `);
  }
}
